import { fork, spawn } from 'child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from 'fs'
import { readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'fs'
import { request } from 'http'
import { tmpdir } from 'os'
import { dirname, join, relative } from 'path'
import { stripVTControlCharacters } from 'util'

const ROOT = join(__dirname, '..', '..')
const FIXTURE = join(ROOT, 'test', 'fixtures', 'configure-app')

/** What a command sees of the environment: nothing that the tests set for themselves. */
const ENV = { PATH: process.env.PATH, HOME: process.env.HOME, TERM: 'xterm' }

const teardowns: (() => void)[] = []

/** Removes the apps, and ends the servers, of the test that has run. */
export function removeApps(): void {
  teardowns.splice(0).forEach((teardown) => teardown())
}

/** What a command printed, without and with its colours, and the code with which it ended. */
export interface CommandResult {
  code: number | null
  output: string
  colored: string
}

/** A new AdonisJS 5 app on the disk, with the built package linked into its `node_modules`. */
export class FreshApp {
  constructor(public root: string) {}

  public read(file: string): string {
    return readFileSync(join(this.root, file), 'utf-8')
  }

  public write(file: string, text: string): void {
    writeFileSync(join(this.root, file), text)
  }

  /** Rewrites a file. The text that is replaced must be there. */
  public edit(file: string, from: string, to: string): void {
    if (!this.read(file).includes(from)) {
      throw new Error(`"${from}" is not in ${file}`)
    }
    this.write(
      file,
      this.read(file).replace(from, () => to)
    )
  }

  /** Links the package into the app under one more name. */
  public link(name: string): void {
    const path = join(this.root, 'node_modules', name)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(ROOT, path)
  }

  /** All files of the app and their bytes; those of other packages and of the compiler are not its own. */
  public bytes(): Record<string, string> {
    const entries = (directory: string): [string, string][] =>
      readdirSync(directory, { withFileTypes: true })
        .filter((entry) => entry.name !== 'node_modules')
        .flatMap((entry) => {
          const path = join(directory, entry.name)
          return entry.isDirectory()
            ? entries(path)
            : [[relative(this.root, path), readFileSync(path, 'latin1')]]
        })
    return Object.fromEntries(entries(this.root))
  }

  /** `node ace configure`, with standard input closed. */
  public configure(name: string): Promise<CommandResult> {
    return this.ace(`configure ${name}`)
  }

  /** The same on a pseudo terminal, on which the keys are typed when a question appears. */
  public configureOnTerminal(name: string, keys: string): Promise<CommandResult> {
    return this.aceOnTerminal(`configure ${name}`, keys)
  }

  /** `node ace` on a pseudo terminal. */
  public aceOnTerminal(command: string, keys?: string): Promise<CommandResult> {
    const typed = `stty rows 40 cols 120; exec node ace ${command}`
    return this.run('script', ['-qec', typed, '/dev/null'], keys)
  }

  /** `node ace`, with standard input closed. */
  public ace(command: string): Promise<CommandResult> {
    return this.run('sh', ['-c', `exec node ace ${command} <&-`])
  }

  public typeCheck(): Promise<CommandResult> {
    return this.run(process.execPath, [
      require.resolve('typescript/bin/tsc'),
      '--noEmit',
      '-p',
      '.',
    ])
  }

  /** Starts the HTTP server. Resolves to a function that requests `/` and gives body and cookies. */
  public start() {
    const server = fork(join(this.root, 'server.ts'), {
      cwd: this.root,
      env: { ...ENV, PORT: '0' },
      execArgv: ['-r', '@adonisjs/assembler/build/register'],
      silent: true,
    })
    teardowns.unshift(() => server.kill('SIGKILL'))

    let output = ''
    server.stdout!.on('data', (data) => (output += data))
    server.stderr!.on('data', (data) => (output += data))

    return new Promise<(cookies?: string[]) => ReturnType<typeof get>>((resolve, reject) => {
      server.once('message', (port) => resolve((cookies = []) => get(Number(port), cookies)))
      server.once('exit', () => reject(new Error(`The server did not start: ${output}`)))
    })
  }

  private run(command: string, args: string[], keys?: string): Promise<CommandResult> {
    const child = spawn(command, args, { cwd: this.root, env: ENV })

    return new Promise((resolve, reject) => {
      let colored = ''
      let output = ''
      const collect = (data: Buffer) => {
        colored += data.toString()
        output += stripVTControlCharacters(data.toString())
        if (keys && output.includes('Select the session driver')) {
          child.stdin.write(keys)
          keys = undefined
        }
      }
      child.stdout.on('data', collect)
      child.stderr.on('data', collect)
      child.once('error', reject)
      child.once('close', (code) => resolve({ code, output, colored }))
    })
  }
}

/**
 * A new app with the package under a name. It lives inside the repository, whose packages it finds;
 * `without` names packages that it must not find: it then lives elsewhere, with links to all others.
 */
export function freshApp(name: string, options: { without?: string } = {}): FreshApp {
  if (!existsSync(join(ROOT, 'build', 'instructions.js'))) {
    throw new Error('The package is not built. Run "npm run build"')
  }

  const parent = options.without ? tmpdir() : join(ROOT, 'tmp')
  mkdirSync(parent, { recursive: true })

  const root = mkdtempSync(join(parent, 'fresh-app-'))
  teardowns.push(() => rmSync(root, { recursive: true, force: true }))

  cpSync(FIXTURE, root, { recursive: true })
  cpSync(join(root, '.env.example'), join(root, '.env'))

  options.without &&
    linkAll(join(ROOT, 'node_modules'), join(root, 'node_modules'), [options.without, name])

  const app = new FreshApp(root)
  app.link(name)
  app.edit(
    'package.json',
    '"@adonisjs/core"',
    `"${name}": "npm:adonis5-session@^6.5.0",\n    "@adonisjs/core"`
  )
  return app
}

function linkAll(from: string, to: string, without: string[], scope = ''): void {
  mkdirSync(to)
  for (const entry of readdirSync(from)) {
    const path = join(from, entry)
    if (entry.startsWith('@') && statSync(path).isDirectory()) {
      linkAll(path, join(to, entry), without, `${entry}/`)
    } else if (!without.includes(scope + entry)) {
      symlinkSync(path, join(to, entry))
    }
  }
}

function get(port: number, cookies: string[]): Promise<{ body: any; cookies: string[] }> {
  const cookie = cookies.map((line) => line.split(';')[0]).join('; ')

  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', headers: { cookie } }, (response) => {
      let text = ''
      response.on('data', (data) => (text += data))
      response.on('end', () =>
        resolve({ body: JSON.parse(text), cookies: response.headers['set-cookie'] ?? [] })
      )
    })
    sent.on('error', reject).end()
  })
}
