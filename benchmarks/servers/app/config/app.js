/** What every AdonisJS 5 app has, with logs and the profiler off. */
exports.appKey = 'a-key-of-the-benchmarks-alone-32c'
exports.logger = { name: 'benchmarks', enabled: false, level: 'fatal' }
exports.profiler = { enabled: false, blacklist: [], whitelist: [] }
exports.validator = {}
exports.http = {
  allowMethodSpoofing: false,
  subdomainOffset: 2,
  generateRequestId: false,
  trustProxy: () => false,
  etag: false,
  jsonpCallbackName: 'callback',
  useAsyncLocalStorage: false,
  cookie: { domain: '', path: '/', maxAge: '2h', httpOnly: true, secure: false, sameSite: false },
}
