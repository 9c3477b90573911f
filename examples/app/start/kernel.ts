import Server from '@ioc:Adonis/Core/Server'

/** Runs for every request: shield needs the parsed body and the session, the pages need its facts. */
Server.middleware.register([
  () => import('@ioc:Adonis/Core/BodyParser'),
  () => import('@ioc:Adonis/Addons/Shield'),
  () => import('App/Middleware/SharePageData'),
])

Server.middleware.registerNamed({
  auth: () => import('App/Middleware/Auth'),
})
