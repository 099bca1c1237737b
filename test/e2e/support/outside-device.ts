// A device as seen from outside the Worker: openid-client, which checks whatever it is given.
import * as openid from 'openid-client'
import { DEVICE_CODE_GRANT } from '../../../src/config/client-settings.ts'

export interface OutsideDevice {
  /** As it is shown on the screen. */
  readonly userCode: string
  /** Collects the tokens once they are ready, with the claims of the person. */
  collect(): Promise<{ idToken: openid.IDToken; userinfo: openid.UserInfoResponse }>
}

export const startOutsideDevice = async (
  origin: string,
  clientId = 'tv',
): Promise<OutsideDevice> => {
  const config = await openid.discovery(new URL(origin), clientId, undefined, openid.None(), {
    execute: [openid.allowInsecureRequests],
  })
  const scope = 'openid profile email'
  const device = await openid.initiateDeviceAuthorization(config, { scope })
  return {
    userCode: device.user_code,
    collect: async () => {
      const { device_code } = device
      const tokens = await openid.genericGrantRequest(config, DEVICE_CODE_GRANT, { device_code })
      const idToken = tokens.claims()
      if (idToken === undefined) throw new Error('there is no ID token')
      const userinfo = await openid.fetchUserInfo(config, tokens.access_token, idToken.sub)
      return { idToken, userinfo }
    },
  }
}
