import { ChildProcess, fork } from 'child_process'
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
}

export interface GuideApp {
  url: string
  browser(): Browser
  /** Ends the process as an orchestrator does, and resolves to its exit code. */
  terminate(): Promise<number | null>
}

/** Writes the files that a page names below a directory, except parts of `config/session.ts`. */
export function writeFilesOf(page: string, root: string): void {
  for (const snippet of snippetsOf(page)) {
    const file = fileNameOf(snippet)
    file && !isConfigFragment(snippet) && write(root, file, snippet.text)
  }
}

function write(root: string, file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

/** The `config/session.ts` that `configure` writes, with the keys of the page after it. */
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
      dontFlash: ['password', 'password_confirmation'],
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
  write(root, 'config/session.ts', configOf(page, config))
  writeFilesOf(page, root)
  Object.entries(files).forEach(([file, text]) => write(root, file, text))

  mkdirSync(join(root, 'node_modules', '@adonisjs'), { recursive: true })
  symlinkSync(ROOT, join(root, 'node_modules', '@adonisjs', 'session'), 'junction')
  return root
}

async function start(root: string, driver: string): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(join(root, 'server.ts'), {
    cwd: root,
    execArgv: ['-r', '@adonisjs/assembler/build/register'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: '0',
      APP_KEY,
      SESSION_DRIVER: driver,
      SESSION_TEMPLATE: 'true',
      SESSION_LOCATION: join(root, 'tmp', 'sessions'),
      REDIS_HOST: process.env.REDIS_HOST ?? '127.0.0.1',
      REDIS_PORT: process.env.REDIS_PORT ?? '6379',
      REDIS_PREFIX: `${randomBytes(6).toString('hex')}:`,
    },
  })
  const [first] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  if (!first?.port) {
    throw new Error(`The app of the page ended with code ${first} before it listened`)
  }
  return { child, url: `http://127.0.0.1:${first.port}` }
}

/**
 * Starts the app of a page for the tests of a group, in a process of its own: its routes, middleware,
 * views and config are those of the page, as a reader would copy them.
 */
export function guideApp(group: Group, page: string, options: GuideOptions = {}): () => GuideApp {
  let app: GuideApp
  group.setup(async () => {
    const { child, url } = await start(appOf(page, options), options.driver ?? 'memory')
    const exited = once(child, 'exit').then(([code]) => code)
    app = {
      url,
      browser: () => new Browser(url),
      terminate: () => {
        child.kill('SIGTERM')
        return exited
      },
    }
    return async () => {
      child.connected && child.disconnect()
      await exited
    }
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
