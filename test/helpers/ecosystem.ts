import { ChildProcess, fork, spawnSync } from 'child_process'
import { randomBytes } from 'crypto'
import { once } from 'events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from 'fs'
import { rmSync, statSync, symlinkSync } from 'fs'
import { join } from 'path'
import { test } from '@japa/runner'
import { driversThat } from './drivers'
import Redis from 'ioredis'
import { APP_KEY, ROOT } from './app'
import { Browser, BrowserResponse, RequestOptions } from './browser'

const FIXTURE = join(ROOT, 'test', 'fixtures', 'ecosystem-app')
const SOURCES = 'src providers plugins config adonis-typings templates instructions.ts'.split(' ')

let root: string | undefined

/** The newest change of a file, or of those below a directory. */
function changedAt(path: string): number {
  const stat = statSync(path)
  const times = stat.isDirectory()
    ? readdirSync(path).map((name) => changedAt(join(path, name)))
    : []
  return Math.max(stat.mtimeMs, ...times)
}

/** An app runs on what `npm run build` makes: made here, when it is missing or old. */
export function buildPackage() {
  const built = join(ROOT, 'build', 'templates')
  const sources = SOURCES.map((name) => changedAt(join(ROOT, name)))
  if (!existsSync(built) || changedAt(built) < Math.max(...sources)) {
    const options = { cwd: ROOT, encoding: 'utf8', shell: true } as const
    const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'build'], options)
    if (status !== 0) {
      throw new Error(`"npm run build" failed:\n${stdout}${stderr}`)
    }
  }
}

/**
 * The root of the app of this run: a copy of the fixture inside the repository, whose packages it
 * finds, with ours in its `node_modules` under the name of the package that it replaces.
 */
export function ecosystemRoot(): string {
  if (!root) {
    buildPackage()
    mkdirSync(join(ROOT, 'tmp'), { recursive: true })
    const copy = mkdtempSync(join(ROOT, 'tmp', 'ecosystem-app-'))
    process.once('exit', () => rmSync(copy, { recursive: true, force: true }))

    cpSync(FIXTURE, copy, { recursive: true })
    mkdirSync(join(copy, 'node_modules', '@adonisjs'), { recursive: true })
    symlinkSync(ROOT, join(copy, 'node_modules', '@adonisjs', 'session'), 'junction')
    root = copy
  }
  return root
}

/** Where a user is told something: what a page says, read from its HTML. */
export interface Page {
  status: number
  path: string
  user: string
  notes: string[]
  notice: string | null
  authError: string | null
  errors: Record<string, string[]>
  input: Record<string, string>
  token: string
  text: string
}

function all(text: string, pattern: RegExp): string[][] {
  return [...text.matchAll(pattern)].map(([, ...groups]) => groups)
}

export function pageOf({ status, text }: BrowserResponse, path: string): Page {
  const one = (pattern: RegExp) => pattern.exec(text)?.[1] ?? null
  const errors: Page['errors'] = {}
  for (const [name, message] of all(text, /data-error="(.*?)">(.*?)</g)) {
    errors[name] = [...(errors[name] ?? []), message]
  }
  return {
    status,
    path,
    text,
    errors,
    user: one(/data-user="(.*?)"/) ?? '',
    notes: all(text, /<li>(.*?)<\/li>/g).flat(),
    notice: one(/id="notice">(.*?)</),
    authError: one(/id="auth-error">(.*?)</),
    input: Object.fromEntries(all(text, /type="text" name="(.*?)" value="(.*?)"/g)),
    token: one(/name='_csrf' value='(.*?)'/) ?? '',
  }
}

/** Somebody with a browser, who reads pages and sends their forms. */
export class Visitor {
  constructor(
    public browser: Browser,
    private url: string
  ) {}

  public async visit(path: string, options: RequestOptions = {}): Promise<Page> {
    return this.arrive(await this.browser.get(path, options), path)
  }

  /** Sends the form of a page; the fields are those of the page, filled in. */
  public async send(page: Pick<Page, 'token'>, action: string, fields = {}, options = {}) {
    const body = { _csrf: page.token, ...fields }
    const headers = { accept: 'text/html' }
    return this.arrive(await this.browser.post(action, body, { headers, ...options }), action)
  }

  public async logIn(fields = {}): Promise<Page> {
    const page = await this.visit('/login')
    const credentials = { email: 'ada@example.com', password: 'correct horse' }
    return this.send(page, '/login', { ...credentials, ...fields })
  }

  /** The API's answer: who is logged in, and what the session holds. */
  public async me(options: RequestOptions = {}) {
    return (await this.browser.get('/api/me', options)).json
  }

  /** Another tab of the same browser, with the cookies of this moment. */
  public tab(): Visitor {
    return new Visitor(this.browser.clone(), this.url)
  }

  /** Follows redirects as a browser does. The page says where it ended. */
  private async arrive(response: BrowserResponse, path: string): Promise<Page> {
    const { location } = response.headers
    if (!location) {
      return pageOf(response, path)
    }
    return this.visit(new URL(location, this.url).pathname)
  }
}

/** A gate of the app: `x-gate` holds a request behind it, with its session loaded. */
export interface Gate {
  headers: Record<string, string>
  /** The given number of requests stand before the gate. */
  arrived(count?: number): Promise<void>
  /** Lets them all pass. */
  open(): void
}

/** The app with all its packages, in a process of its own. */
export class Ecosystem {
  private constructor(
    public driver: string,
    private child: ChildProcess,
    private env: Record<string, string>,
    public url: string
  ) {}

  public static async start(driver: string, { template = false } = {}): Promise<Ecosystem> {
    const cwd = ecosystemRoot()
    const run = randomBytes(6).toString('hex')
    const env = {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: '0',
      APP_KEY,
      SESSION_DRIVER: driver,
      SESSION_TEMPLATE: String(template),
      SESSION_LOCATION: join(cwd, 'tmp', run),
      REDIS_HOST: process.env.REDIS_HOST ?? '127.0.0.1',
      REDIS_PORT: process.env.REDIS_PORT ?? '6379',
      REDIS_PREFIX: `${run}:`,
    }
    const child = fork(join(cwd, 'server.ts'), {
      cwd,
      execArgv: ['-r', '@adonisjs/assembler/build/register'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, ...env },
    })

    const [first] = await Promise.race([once(child, 'message'), once(child, 'exit')])
    if (!first?.port) {
      throw new Error(`The app ended with code ${first} before it listened`)
    }
    return new Ecosystem(driver, child, env, `http://127.0.0.1:${first.port}`)
  }

  public visitor(): Visitor {
    return new Visitor(new Browser(this.url), this.url)
  }

  public gate(): Gate {
    const name = randomBytes(6).toString('hex')
    let standing = 0
    this.child.on('message', ({ arrived }: any) => arrived === name && standing++)
    return {
      headers: { 'x-gate': name },
      arrived: async (count = 1) => {
        while (standing < count) {
          await once(this.child, 'message')
        }
      },
      open: () => this.child.send({ open: name }),
    }
  }

  /** The store forgets all sessions; the cookie driver's are with the browser, which forgets them. */
  public async loseSessions(browser: Browser) {
    const { SESSION_LOCATION, REDIS_HOST, REDIS_PORT, REDIS_PREFIX } = this.env
    rmSync(SESSION_LOCATION, { recursive: true, force: true })

    const redis = new Redis(Number(REDIS_PORT), REDIS_HOST)
    const keys = await redis.keys(`${REDIS_PREFIX}*`)
    keys.length && (await redis.del(keys))
    redis.disconnect()

    if (this.driver === 'cookie') {
      const kept = ['adonis-session', 'remember_web', 'XSRF-TOKEN']
      const lost = [...browser.jar.keys()].filter((name) => !kept.includes(name))
      lost.forEach((name) => browser.jar.delete(name))
    }
  }

  public async stop() {
    this.child.disconnect()
    await once(this.child, 'exit')
  }
}

/** A group of tests for the app on each driver, with the config of 6.4.0 and with today's. */
export function eachApp(title: string, define: (app: () => Ecosystem) => void) {
  for (const driver of driversThat('isOf64')) {
    for (const template of [false, true]) {
      const config = template ? 'the config of the template' : 'the documented config'

      test.group(`${title} | ${driver}, ${config}`, (group) => {
        let app: Ecosystem
        group.setup(async () => {
          app = await Ecosystem.start(driver, { template })
          return () => app.stop()
        })
        define(() => app)
      })
    }
  }
}
