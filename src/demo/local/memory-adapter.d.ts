// The one module of oidc-provider that its types leave out.
declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  import type { AdapterFactory } from 'oidc-provider'
  export const createMemoryAdapter: () => AdapterFactory
}
