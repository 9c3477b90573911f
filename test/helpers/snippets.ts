import { existsSync, readdirSync, readFileSync } from 'fs'
import { dirname, join, posix } from 'path'
import ts from 'typescript'
import { ROOT } from './app'

/** A fenced block of a page. */
export interface Snippet {
  page: string
  /** The line of the opening fence, from 1. */
  line: number
  language: string
  text: string
  /** The block that follows with nothing but an empty line in between. */
  next?: Snippet
}

const FENCE = /^```(\w*)$/

/** A snippet whose first line is the path of a file, as a comment, is that file. */
const FILE_NAME = /^(?:\/\/ (\S+\.ts)|\{\{-- (\S+\.edge) --\}\})$/

/** `expression // → value`: what the expression must give when the snippet runs. */
const RESULT = /^(\s*)(const (\w+) = )?(.+?)\s+\/\/ → (.+)$/

/** What snippets use without importing it, as a handler would get it from its context. */
const CONTEXT = `
  declare const ctx: import('@ioc:Adonis/Core/HttpContext').HttpContextContract
  declare const session: import('@ioc:Adonis/Addons/Session').SessionContract
  declare const request: import('@ioc:Adonis/Core/Request').RequestContract
  declare const response: import('@ioc:Adonis/Core/Response').ResponseContract
`

/** What an app declares for auth. */
const AUTH = `
  import '@ioc:Adonis/Addons/Auth'

  declare module '@ioc:Adonis/Addons/Auth' {
    interface User { id: number; email: string }
    interface ProvidersList {
      user: { implementation: UserProviderContract<User>; config: { driver: 'memory' } }
    }
    interface GuardsList {
      web: {
        implementation: SessionGuardContract<'user', 'web'>
        config: SessionGuardConfig<'user'>
        client: SessionClientContract<'user'>
      }
    }
  }
`

/** Of packages that an app has and this project doesn't: what the pages use. */
const PACKAGES = `
  declare module 'proxy-addr' {
    export function compile(trusted: string[]): (address: string, distance: number) => boolean
  }

  declare module 'socket.io' {
    interface Socket {
      request: import('http').IncomingMessage
      data: any
      on(event: string, listener: (...args: any[]) => void): this
    }
    export class Server {
      constructor(server: import('http').Server | import('https').Server)
      use(middleware: (socket: Socket, next: (error?: Error) => void) => void): this
      on(event: 'connection', listener: (socket: Socket) => void): this
    }
  }
`

/** A fragment of `config/session`, which imports `Env` and `Application`. */
const FRAGMENT_START = `import Env from '@ioc:Adonis/Core/Env'; import Application from '@ioc:Adonis/Core/Application'; import type { SessionConfig } from '@ioc:Adonis/Addons/Session'; export const config: Partial<SessionConfig> & Record<string, any> = {`

/** What the site makes or needs, below `docs`; none of it is a page that somebody has written. */
const NO_PAGES = ['.vitepress', 'node_modules', 'reference']

/** All pages of the documentation, by their paths in the project. */
export function pages(): string[] {
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...pagesIn('docs')]
}

function pagesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) {
      return NO_PAGES.includes(entry.name) ? [] : pagesIn(path)
    }
    return path.endsWith('.md') ? path : []
  })
}

export function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8')
}

/** The fenced blocks of a page, in one language or in all. */
export function snippetsOf(page: string, language?: string): Snippet[] {
  const found: Snippet[] = []
  let open: Snippet | undefined

  textOf(page)
    .split('\n')
    .forEach((text, index, lines) => {
      const fence = FENCE.exec(text)
      if (open && fence) {
        open.text = lines.slice(open.line, index).join('\n')
        open = undefined
      } else if (fence) {
        const previous = found[found.length - 1]
        open = { page, line: index + 1, language: fence[1], text: '' }
        const gap = previous && lines.slice(endOf(previous), index)
        if (gap?.every((line) => !line.trim())) {
          previous.next = open
        }
        found.push(open)
      }
    })
  return found.filter((snippet) => !language || snippet.language === language)
}

function endOf({ line, text }: Snippet): number {
  return line + text.split('\n').length + 1
}

/** The path that a snippet gives for itself, such as `config/session.ts`. */
export function fileNameOf({ text }: Snippet): string | undefined {
  const [, source, template] = FILE_NAME.exec(text.split('\n')[0]) ?? []
  return source ?? template
}

/** Keys of `config/session.ts`, without the `export` around them. */
export function isConfigFragment(snippet: Snippet): boolean {
  return fileNameOf(snippet) === 'config/session.ts' && !snippet.text.includes('export')
}

/**
 * The modules that the type checker sees instead of the pages. The named files of one page are files of
 * one app, and may import one another.
 */
function modulesOf(snippets: Snippet[]): Map<string, Snippet> {
  const modules = new Map<string, Snippet>()
  for (const snippet of snippets) {
    const folder = join(ROOT, `${snippet.page}.app`)
    const name = isConfigFragment(snippet) ? undefined : fileNameOf(snippet)
    const path = join(folder, name ?? `L${snippet.line}.ts`)
    modules.set(modules.has(path) ? join(folder, `L${snippet.line}.ts`) : path, snippet)
  }
  return modules
}

/** A snippet as a module, in which each line stands where it stands on the page. */
function sourceOf(snippet: Snippet): string {
  const above = '\n'.repeat(snippet.line - 1)
  return isConfigFragment(snippet)
    ? `${above}${FRAGMENT_START}\n${snippet.text}\n}`
    : `${above}\n${snippet.text}\nexport {}`
}

/** Does a page declare what sessions hold? That applies to a whole program, so that it's one of its own. */
function declaresValues(page: string): boolean {
  return textOf(page).includes('interface SessionValues')
}

/** What the type checker has to say about `ts` snippets, as `page:line message`. */
export function typeErrors(snippets: Snippet[]): string[] {
  const isOwn = ({ page }: Snippet) => existsSync(join(ROOT, page)) && declaresValues(page)
  const own = [...new Set(snippets.filter(isOwn).map(({ page }) => page))]
  const programs = [
    snippets.filter((snippet) => !isOwn(snippet)),
    ...own.map((name) => snippets.filter(({ page }) => page === name)),
  ]
  return programs.filter(({ length }) => length).flatMap(errorsIn)
}

function errorsIn(snippets: Snippet[]): string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, ROOT)
  const modules = modulesOf(snippets)
  const sources = new Map([...modules].map(([path, snippet]) => [path, sourceOf(snippet)]))
  sources.set(join(ROOT, 'docs', 'context.d.ts'), CONTEXT)
  sources.set(join(ROOT, 'docs', 'auth.d.ts'), AUTH)
  sources.set(join(ROOT, 'docs', 'packages.d.ts'), PACKAGES)

  const typings = join(ROOT, 'adonis-typings', 'index.ts')
  const program = ts.createProgram(
    [typings, ...sources.keys()],
    {
      ...options,
      module: ts.ModuleKind.ESNext,
      noUnusedLocals: false,
      noUnusedParameters: false,
      noEmit: true,
      types: [...options.types!, '@adonisjs/auth', '@adonisjs/shield'],
      baseUrl: ROOT,
      paths: { 'adonis5-session/build/*': ['./*'] },
    },
    hostOf(options, sources)
  )

  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => !file || sources.has(file.fileName))
    .map((diagnostic) => describe(diagnostic, modules))
}

/** The files of this machine, and in front of them some that are on no disk. */
function hostOf(options: ts.CompilerOptions, sources: Map<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  const folders = new Set([...sources.keys()].flatMap(foldersOf))
  const found: ts.CompilerHost = {
    ...host,
    fileExists: (path) => sources.has(path) || host.fileExists(path),
    directoryExists: (path) => folders.has(path) || host.directoryExists!(path),
    readFile: (path) => sources.get(path) ?? host.readFile(path),
    getSourceFile: (path, ...rest) => {
      const source = sources.get(path)
      return source === undefined
        ? host.getSourceFile(path, ...rest)
        : ts.createSourceFile(path, source, ts.ScriptTarget.ES2020, true)
    },
    resolveModuleNames: (names, from, _, __, moduleOptions) =>
      names.map(
        (name) => ts.resolveModuleName(inApp(name, from), from, moduleOptions, found).resolvedModule
      ),
  }
  return found
}

/** `App/Middleware/Auth` in a file of a page is a file of the same page. */
function inApp(name: string, from: string): string {
  const [root] = /^.*\.app\//.exec(from) ?? []
  return root && name.startsWith('App/') ? `${root}app/${name.slice('App/'.length)}` : name
}

function foldersOf(path: string): string[] {
  const folder = dirname(path)
  return folder === path ? [] : [folder, ...foldersOf(folder)]
}

function describe({ file, start, messageText }: ts.Diagnostic, modules: Map<string, Snippet>) {
  const message = ts.flattenDiagnosticMessageText(messageText, '\n')
  if (!file) {
    return message
  }
  const { line } = file.getLineAndCharacterOfPosition(start ?? 0)
  return `${modules.get(file.fileName)?.page ?? file.fileName}:${line + 1} ${message}`
}

/** Has the snippet a line that says what comes out? */
export function isRunnable({ text }: Snippet): boolean {
  return text.split('\n').some((line) => RESULT.test(line))
}

/** The function of a snippet: it takes the context of a request and `check(line, code, expected)`. */
export function functionOf(snippet: Snippet): (ctx: any, check: Check) => Promise<void> {
  const lines = snippet.text.split('\n').map((text, index) => {
    const line = snippet.line + 1 + index
    return text.replace(RESULT, (_, indent, declaration, name, code, expected) => {
      const value = JSON.stringify(expected)
      const given = declaration ? name : code
      const before = declaration ? `${declaration}${code}; ` : ''
      return `${indent}${before}await check(${line}, async () => (${given}), ${value});`
    })
  })

  const target = ts.ScriptTarget.ES2020
  const body = `async ({ session, request, response, ...ctx }, check) => {\n${lines.join('\n')}\n}`
  const { outputText } = ts.transpileModule(`(${body})`, { compilerOptions: { target } })
  return new Function(`return ${outputText}`)()
}

export type Check = (line: number, code: () => Promise<unknown>, expected: string) => Promise<void>

/** The anchors of a page, as GitHub makes them of its headings. */
export function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>()
  return withoutSnippets(page)
    .filter((line) => /^#+ /.test(line))
    .map((line) => {
      const text = line.replace(/^#+ /, '').replace(/\[(.+?)\]\(.+?\)/g, '$1')
      const slug = text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_ -]/gu, '')
        .replace(/ /g, '-')
      const count = seen.get(slug) ?? 0
      seen.set(slug, count + 1)
      return count ? `${slug}-${count}` : slug
    })
}

/** The links of a page to other pages, files or anchors of the project. */
export function linksOf(page: string): { line: number; file: string; anchor: string }[] {
  return withoutSnippets(page).flatMap((text, index) =>
    [...text.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .map((target) => {
        const [path, anchor = ''] = target.split('#')
        return { line: index + 1, file: path ? posix.join(dirname(page), path) : page, anchor }
      })
  )
}

/** The lines of a page, those of its snippets empty. */
export function withoutSnippets(page: string): string[] {
  let inside = false
  return textOf(page)
    .split('\n')
    .map((line) => {
      const isFence = line.startsWith('```')
      inside = isFence ? !inside : inside
      return isFence || inside ? '' : line
    })
}

/** The names of the members of an interface in our typings. */
export function membersOf(file: string, name: string): string[] {
  return namesOf(memberNodes(file, name))
}

/** Those that have no text. One of several overloads is enough. */
export function bareMembersOf(file: string, name: string): string[] {
  const nodes = memberNodes(file, name)
  const described = namesOf(nodes.filter((node) => node.getFullText().trim().startsWith('/**')))
  return namesOf(nodes).filter((member) => !described.includes(member))
}

function namesOf(nodes: ts.TypeElement[]): string[] {
  const names = nodes.map(({ name }) => name?.getText().replace(/['"]/g, '') ?? '')
  return [...new Set(names)].filter(Boolean)
}

function memberNodes(file: string, name: string): ts.TypeElement[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2020, true)
  const found: ts.TypeElement[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node) && node.name.text === name) {
      found.push(...node.members)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}
