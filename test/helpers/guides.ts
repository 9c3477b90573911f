import { fork } from 'child_process'
import { randomBytes } from 'crypto'
import { once } from 'events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'fs'
import { dirname, join } from 'path'
import { Group } from '@japa/runner'
import { APP_KEY, ROOT } from './app'
import { Browser } from './browser'
import { buildPackage } from './ecosystem'
import { fileNameOf, isConfigFragment, snippetsOf } from './snippets'

const FIXTURE = join(ROOT, 'test', 'fixtures', 'ecosystem-app')

export interface GuideOptions {
  /** `memory` unless given. */
  driver?: string
  /** Further files of the app, such as what a page says in words. */
  files?: Record<string, string>
  /** Keys of `config/session.ts` that come after those of the page. */
  config?: string
  /** `production` unless given. */
  environment?: string
}

/** What a new app registers until a page says more. */
const KERNEL = `
  import Server from '@ioc:Adonis/Core/Server'

  Server.middleware.register([() => import('@ioc:Adonis/Core/BodyParser')])`

/** One process of the app of a page. */
export interface GuideApp {
  url: string
  browser(): Browser
  /** Resolves when the process sends this message. */
  sent(message: string): Promise<void>
  /** Ends the process as an orchestrator does, and resolves to its exit code. */
  terminate(): Promise<number | null>
  /** One more process of the same app, with the same store. */
  another(): Promise<GuideApp>
}

/** The files that a page names, except parts of `config/session.ts`. */
export function filesOf(page: string): Record<string, string> {
  const files: Record<string, string> = {}
  for (const snippet of snippetsOf(page)) {
    const file = fileNameOf(snippet)
    if (file && !isConfigFragment(snippet)) {
      files[file] = snippet.text
    }
  }
  return files
}

/** Writes the files that a page names below a directory. */
export function writeFilesOf(page: string, root: string): void {
  Object.entries(filesOf(page)).forEach(([file, text]) => write(root, file, text))
}

function write(root: string, file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

/**
 * The `config/session.ts` of an app, with the keys of the page after it. It has no `dontFlash`, as that of
 * a new web app, which comes from 6.4.
 */
function configOf(page: string, more: string): string {
  const fragments = snippetsOf(page, 'ts').filter(isConfigFragment)
  return `
    import Env from '@ioc:Adonis/Core/Env'
    import Application from '@ioc:Adonis/Core/Application'
    import { sessionConfig } from '@adonisjs/session/build/config'

    const template = {
      enabled: true,
      driver: Env.get('SESSION_DRIVER'),
      cookieName: 'adonis-session',
      clearWithBrowser: false,
      age: '2h',
      touchEvery: '1m',
      saveUninitialized: false,
      cookie: { path: '/', httpOnly: true, sameSite: 'lax' },
      file: { location: Application.tmpPath('sessions') },
      redisConnection: 'local',
    }
    export default sessionConfig({
      ...template,
      ${[...fragments.map(({ text }) => `...{ ${text} },`), more].join('\n')}
    } as any)`
}

/** The app of a page on the disk: what an AdonisJS 5 app has, and the files of the page. */
function appOf(page: string, { files = {}, config = '' }: GuideOptions): string {
  buildPackage()
  mkdirSync(join(ROOT, 'tmp'), { recursive: true })
  const root = mkdtempSync(join(ROOT, 'tmp', 'guide-'))
  process.once('exit', () => rmSync(root, { recursive: true, force: true }))

  cpSync(FIXTURE, root, { recursive: true })
  write(root, 'start/kernel.ts', KERNEL)
  write(root, 'config/session.ts', configOf(page, config))
  writeFilesOf(page, root)
  Object.entries(files).forEach(([file, text]) => write(root, file, text))

  mkdirSync(join(root, 'node_modules', '@adonisjs'), { recursive: true })
  symlinkSync(ROOT, join(root, 'node_modules', '@adonisjs', 'session'), 'junction')
  return root
}

/** Starts a process of an app. `onStop` gets what ends it. */
async function start(
  root: string,
  env: Record<string, string>,
  onStop: (stop: () => Promise<unknown>) => void
): Promise<GuideApp> {
  const child = fork(join(root, 'server.ts'), {
    cwd: root,
    execArgv: ['-r', '@adonisjs/assembler/build/register'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  })
  const exited = once(child, 'exit').then(([code]) => code)
  onStop(() => {
    child.connected && child.disconnect()
    return exited
  })

  const [first] = await Promise.race([once(child, 'message'), exited.then((code) => [{ code }])])
  if (!first.port) {
    throw new Error(`The app of the page ended with code ${first.code} before it listened`)
  }
  const url = `http://127.0.0.1:${first.port}`
  return {
    url,
    browser: () => new Browser(url),
    sent: async (message) => {
      while ((await once(child, 'message'))[0] !== message);
    },
    terminate: () => {
      child.kill('SIGTERM')
      return exited
    },
    another: () => start(root, env, onStop),
  }
}

/**
 * Starts the app of a page for the tests of a group, in a process of its own: its routes, middleware,
 * views and config are those of the page, as a reader would copy them.
 */
export function guideApp(group: Group, page: string, options: GuideOptions = {}): () => GuideApp {
  const stops: (() => Promise<unknown>)[] = []
  let app: GuideApp
  group.setup(async () => {
    const root = appOf(page, options)
    const env = {
      NODE_ENV: options.environment ?? 'production',
      HOST: '127.0.0.1',
      PORT: '0',
      APP_KEY,
      SESSION_DRIVER: options.driver ?? 'memory',
      SESSION_TEMPLATE: 'true',
      SESSION_LOCATION: join(root, 'tmp', 'sessions'),
      REDIS_HOST: process.env.REDIS_HOST ?? '127.0.0.1',
      REDIS_PORT: process.env.REDIS_PORT ?? '6379',
      REDIS_PREFIX: `${randomBytes(6).toString('hex')}:`,
    }
    group.teardown(async () => void (await Promise.all(stops.map((stop) => stop()))))
    app = await start(root, env, (stop) => stops.push(stop))
  })
  return () => app
}

/** The CSRF token in the form of a page. */
export function tokenIn(text: string): string {
  return /name='_csrf' value='(.*?)'/.exec(text)![1]
}

/** Sends the form of a page: with its token, and as a browser, which wants HTML. */
export async function sendForm(browser: Browser, page: string, action: string, fields = {}) {
  const { text } = await browser.get(page)
  const body = { _csrf: tokenIn(text), ...fields }
  return browser.post(action, body, { headers: { accept: 'text/html' } })
}
