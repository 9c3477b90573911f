import type { ShieldConfig } from '@ioc:Adonis/Addons/Shield'

/** The pages load nothing but their own style sheet, script and icon. */
export const csp: ShieldConfig['csp'] = {
  enabled: true,
  directives: {
    defaultSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
  reportOnly: false,
}

/** Every form carries its token in `_csrf`; the secret behind it is kept in the session. A bank has no token. */
export const csrf: ShieldConfig['csrf'] = {
  enabled: true,
  exceptRoutes: ['/cart/paid'],
  enableXsrfCookie: false,
  methods: ['POST', 'PUT', 'PATCH', 'DELETE'],
}

export const dnsPrefetch: ShieldConfig['dnsPrefetch'] = {
  enabled: true,
  allow: false,
}

export const xFrame: ShieldConfig['xFrame'] = {
  enabled: true,
  action: 'DENY',
}

/** The example is served over plain HTTP. */
export const hsts: ShieldConfig['hsts'] = {
  enabled: false,
}

export const contentTypeSniffing: ShieldConfig['contentTypeSniffing'] = {
  enabled: true,
}
