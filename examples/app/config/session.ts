import Env from '@ioc:Adonis/Core/Env'
import Application from '@ioc:Adonis/Core/Application'
import { sessionConfig } from 'adonis5-session/build/config'

const REVOCATION = Env.get('SESSION_REVOCATION')

export default sessionConfig({
  enabled: true,

  /** cookie, file, redis, database, memory, or a driver added with `Session.extend`. */
  driver: Env.get('SESSION_DRIVER'),

  cookieName: 'example-session',
  clearWithBrowser: false,

  /** A session ends this long after its last request. */
  age: '2h',

  /** A session that did not change is refreshed at most this often. */
  touchEvery: '1m',

  /** Whoever has nothing stored gets no cookie. */
  saveUninitialized: false,

  /**
   * With `sameSite: 'lax'`, browsers send a POST from another site without the cookie. A session that began there would
   * replace that of the user, so there is none.
   */
  skip: ({ request }) =>
    request.method() === 'POST' && request.header('sec-fetch-site') === 'cross-site',

  /** A page waits this long for the store, and then says so. */
  storeTimeout: '5s',
  dontFlash: ['password', 'password_confirmation'],

  /** "Your devices" shows where a user is logged in. */
  registry: {
    trackClient: true,
  },

  cookie: {
    path: '/',
    httpOnly: true,
    secure: Application.inProduction,
    sameSite: 'lax',
  },

  file: {
    location: Application.tmpPath('sessions'),
  },

  /** For the cookie driver: where the servers remember which sessions have ended. */
  revocation: REVOCATION ? { driver: REVOCATION } : undefined,

  redisConnection: 'local',

  /** Made by `node ace make:session-table` and `node ace migration:run`. */
  database: {
    table: 'sessions',
  },
})
