import Env from '@ioc:Adonis/Core/Env'
import Application from '@ioc:Adonis/Core/Application'
import { sessionConfig } from 'adonis5-session/build/config'

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

  redisConnection: 'local',

  /** Made by `node ace make:session-table` and `node ace migration:run`. */
  database: {
    table: 'sessions',
  },
})
