// The settings of a Worker that asks by push. The key pair opens nothing but tests.

export const PUSH_KEY =
  'BMk_NDOlBHmRzlXedQ_supnq6Rvew-mF143cSzTfWFII17OtKJ-p_uIDcRZw7G3CezCqZa3D7iai6_-vTu_u7co'

export const PUSH_SECRETS = { PUSH_PRIVATE_KEY: 'JiHLmB4domRVUCBrv5qEr255kaDfDEK6sKPk12j0kOU' }

export const PUSH = {
  public_key: PUSH_KEY,
  private_key: 'PUSH_PRIVATE_KEY',
  sub: 'mailto:push@antenna.test',
}
