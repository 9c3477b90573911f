import { test } from '@japa/runner'
import { deepStrictEqual } from 'assert'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'fs'
import { join } from 'path'
import { SessionException } from '../../src/Exceptions'
import { ROOT } from '../helpers/app'
import { writeFilesOf } from '../helpers/guides'
import {
  anchorsOf,
  Check,
  fileNameOf,
  functionOf,
  isRunnable,
  linksOf,
  bareMembersOf,
  membersOf,
  pages,
  Snippet,
  snippetsOf,
  textOf,
  typeErrors,
  withoutSnippets,
} from '../helpers/snippets'
import { sharedApp } from '../helpers/visits'

const manifest = require('../../package.json')
const REQUEST_BODY = { title: 'My first pos', body: '', password: 'secret', _csrf: 'token' }

/** What the Edge snippets find in their session, and of the request before. */
const SESSION = { cart: { 1001: 2 }, cart_total: 1900, user: { name: 'Ada' } }
const MESSAGES = {
  success: 'Saved',
  title: 'My first pos',
  errors: { title: ['The title is too short'] },
}

/** What a new app of AdonisJS 5 needs besides, and this project doesn't. */
const OF_A_NEW_APP = ['@types/node@16.11.7', 'youch@2', 'youch-terminal@1']

/** Why a word of a shell command cannot be what it says; `null`: it can. */
const COMMANDS: [pattern: RegExp, problem: (...names: string[]) => string | null][] = [
  [/^npm run (\S+)(?: -- .+)?$/, (name) => (manifest.scripts[name] ? null : `no script "${name}"`)],
  [/^npm test$/, () => (manifest.scripts.test ? null : 'no script "test"')],
  [/^npm ci$/, () => (existsSync(join(ROOT, 'package-lock.json')) ? null : 'no lockfile')],
  [
    /^npm i (?:-D )?(.+)$/,
    (names) => {
      const unknown = names.split(' ').filter((name) => !isPackage(name))
      return unknown.length ? `no package "${unknown}"` : null
    },
  ],
  [/^node ace configure (\S+)$/, (name) => (isPackage(name) ? null : `no package "${name}"`)],
  [/^node ace (\S+)( .*)?$/, (name) => (isAceCommand(name) ? null : `no command "${name}"`)],
  [/^bash (\S+)$/, (file) => (existsSync(join(ROOT, file)) ? null : `no file "${file}"`)],
  [
    /^node -r \.\/bin\/register (\S+) --files (\S+)$/,
    (file, spec) =>
      existsSync(join(ROOT, file)) && existsSync(join(ROOT, 'test', spec)) ? null : 'no such file',
  ],
]

/** Is it this package, under its own name or the old one, one that is tested with it, or one of a new app? */
function isPackage(specifier: string): boolean {
  if (OF_A_NEW_APP.includes(specifier)) {
    return true
  }
  const [, name, version = ''] = /^(@?[^@]+)(?:@(.+))?$/.exec(specifier)!
  if (version.startsWith('npm:')) {
    return isPackage(version.slice('npm:'.length))
  }
  return name === manifest.name || (manifest.devDependencies[name] ?? '').includes(version)
}

/** One of ours, or one of Lucid. */
function isAceCommand(name: string): boolean {
  const folder = join(ROOT, 'src', 'Commands')
  if (name === 'migration:run') {
    return existsSync(join(ROOT, 'node_modules/@adonisjs/lucid/build/commands/Migration/Run.js'))
  }
  const files = existsSync(folder) ? readdirSync(folder) : []
  return files.some((file) => readFileSync(join(folder, file), 'utf8').includes(`'${name}'`))
}

/** Markup without the white space that a template leaves between elements. */
function squeezed(html: string): string {
  return html.replace(/\s+/g, ' ').replace(/> </g, '><').trim()
}

test.group('Documentation', () => {
  test('every TypeScript snippet compiles under strict against our typings', ({ assert }) => {
    assert.deepEqual(typeErrors(pages().flatMap((page) => snippetsOf(page, 'ts'))), [])
  }).timeout(120_000)

  test('a snippet that does not compile is named with its page and line', ({ assert }) => {
    const snippet = { page: 'docs/page.md', line: 7, language: 'ts' }
    const wrong = [
      { ...snippet, text: "session.put('a', 1)\nsession.putt('a', 1)" },
      { ...snippet, line: 20, text: "// config/session.ts\nage: '2h',\ntouchEvery: true," },
    ]
    const errors = typeErrors(wrong).sort()
    assert.lengthOf(errors, 2)
    assert.match(errors[0], /^docs\/page\.md:23 Type 'true' is not assignable/)
    assert.match(errors[1], /^docs\/page\.md:9 Property 'putt' does not exist/)
  }).timeout(120_000)

  test('every link leads to a page, a file or a heading', ({ assert }) => {
    const broken = pages().flatMap((page) =>
      linksOf(page)
        .filter(({ file, anchor }) => {
          const exists = existsSync(join(ROOT, file))
          return !exists || (anchor && !anchorsOf(file).includes(anchor))
        })
        .map(({ line, file, anchor }) => `${page}:${line} ${file}${anchor && `#${anchor}`}`)
    )
    assert.deepEqual(broken, [])
  })

  test('every command exists', ({ assert }) => {
    const unknown = pages().flatMap((page) =>
      snippetsOf(page, 'sh').flatMap(({ line, text }) =>
        text.split('\n').flatMap((command, index) => {
          const [pattern, problemOf] = COMMANDS.find(([form]) => form.test(command)) ?? []
          const names = pattern?.exec(command)?.slice(1)
          const problem = problemOf ? problemOf(...names!) : 'not known to this test'
          return problem ? `${page}:${line + 1 + index} ${command}: ${problem}` : []
        })
      )
    )
    assert.deepEqual(unknown, [])
  })

  test('every command within a sentence exists', ({ assert }) => {
    const unknown = pages().flatMap((page) =>
      withoutSnippets(page).flatMap((line, index) =>
        [...line.matchAll(/`npm run ([^`\s]+)`/g)]
          .filter(([, name]) => !manifest.scripts[name])
          .map(([command]) => `${page}:${index + 1} ${command}`)
      )
    )
    assert.deepEqual(unknown, [])
  })

  test('every spec of a page is in a suite of the page about testing', ({ assert }) => {
    const [{ text }] = snippetsOf('docs/testing.md', 'json')
    const suites: { name: string; files: string[] }[] = JSON.parse(text).tests.suites
    const folders = pages().flatMap((page) =>
      snippetsOf(page, 'ts').flatMap((snippet) => {
        const [, folder] = /^tests\/(\w+)\/.+\.spec\.ts$/.exec(fileNameOf(snippet) ?? '') ?? []
        return folder ? [folder] : []
      })
    )

    assert.sameMembers([...new Set(folders)], ['functional', 'unit', 'browser'])
    assert.deepEqual(
      suites.map(({ name, files }) => [name, files]),
      suites.map(({ name }) => [name, [`tests/${name}/**/*.spec(.ts|.js)`]])
    )
    assert.includeMembers(
      suites.map(({ name }) => name),
      folders
    )
  })

  test('the way back names the commands that configure registers', ({ assert }) => {
    const old = join(ROOT, 'node_modules/@adonisjs/session/build/src/Commands')
    assert.isFalse(existsSync(old))
    assert.include(textOf('docs/migration.md'), '"@adonisjs/session/build/src/Commands"')
  })

  test('every page that has the routes of an app is run by a spec', ({ assert }) => {
    const specs = readdirSync(join(ROOT, 'test/guides')).map((file) =>
      textOf(`test/guides/${file}`)
    )
    const isApp = (page: string) =>
      snippetsOf(page).some((snippet) =>
        /^start\/(routes|kernel|socket)|\.edge$/.test(fileNameOf(snippet) ?? '')
      )
    const apps = pages().filter(isApp)

    assert.isNotEmpty(apps)
    assert.deepEqual(
      apps.filter((page) => !specs.some((spec) => spec.includes(`'${page}'`))),
      []
    )
  })

  test('every page is in the index', ({ assert }) => {
    const index = 'docs/README.md'
    const linked = [index, ...linksOf(index).map(({ file }) => file)]
    const isListed = (page: string) => linked.includes(page) || page.startsWith('docs/benchmarks/')
    const missing = pages().filter((page) => page.startsWith('docs/') && !isListed(page))
    assert.deepEqual(missing, [])
  })

  test('a page has the same name in the index, which is the sidebar, and as its heading', ({
    assert,
  }) => {
    const items = [...textOf('docs/README.md').matchAll(/^- \[(.+?)\]\((.+?)\)/gm)]
    assert.isNotEmpty(items)
    for (const [, name, page] of items) {
      assert.equal(textOf(`docs/${page}`).split('\n')[0], `# ${name}`)
    }
  })

  test('every column of a table but the first has a name', ({ assert }) => {
    const headOf = (line: string) => line.split('|').slice(2, -1)
    const nameless = pages().flatMap((page) =>
      withoutSnippets(page)
        .filter((_, index, lines) => /^\| :?---/.test(lines[index + 1] ?? ''))
        .filter((line) => headOf(line).some((name) => !name.trim()))
        .map((line) => `${page} ${line}`)
    )
    assert.deepEqual(nameless, [])
  })

  test('braces of Edge are in code: in the text of a page, the site evaluates them', ({
    assert,
  }) => {
    const withBraces = pages().filter((page) =>
      textOf(page)
        .replace(/```[^]*?```|`[^`]*`/g, '')
        .includes('{{')
    )
    assert.deepEqual(withBraces, [])
  })

  test('every fence names its language', ({ assert }) => {
    const bare = pages().flatMap((page) => snippetsOf(page).filter(({ language }) => !language))
    assert.deepEqual(bare, [])
  })
})

/** What a page must name, and where the names come from. */
const COMPLETE: Record<string, { page: string; names: () => string[] }> = {
  'every config key': {
    page: 'docs/configuration.md',
    names: () => membersOf('adonis-typings/config.ts', 'SessionConfig'),
  },
  'every error code': {
    page: 'docs/errors.md',
    names: () =>
      [...String(SessionException).matchAll(/'(E_\w+)'/g)].map(([, code]) => code).sort(),
  },
  'every event': {
    page: 'docs/lifecycle.md',
    names: () => membersOf('adonis-typings/events.ts', 'EventsList'),
  },
  'every outcome': {
    page: 'docs/lifecycle.md',
    names: () => {
      const [, union] = /type SessionOutcome =([^/}]+)/.exec(textOf('adonis-typings/session.ts'))!
      return [...union.matchAll(/'(\w+)'/g)].map(([, outcome]) => outcome)
    },
  },
  'every method of a driver that is exact across processes': {
    page: 'docs/custom-drivers.md',
    names: () => membersOf('adonis-typings/drivers.ts', 'AtomicDriverContract'),
  },
  'every method of a driver': {
    page: 'docs/custom-drivers.md',
    names: () => membersOf('adonis-typings/drivers.ts', 'SessionDriverContract'),
  },
  'every method of a test request': {
    page: 'docs/testing.md',
    names: () =>
      membersOf('adonis-typings/tests.ts', 'ApiRequest').filter((name) => name !== 'sessionClient'),
  },
  'every method of a test response': {
    page: 'docs/testing.md',
    names: () => membersOf('adonis-typings/tests.ts', 'ApiResponse'),
  },
  'every built-in driver': {
    page: 'docs/drivers.md',
    names: () =>
      readdirSync(join(ROOT, 'src', 'Drivers')).map((file) =>
        file.replace('.ts', '').toLowerCase()
      ),
  },
}

test.group('Documentation is complete', () => {
  for (const [what, { page, names }] of Object.entries(COMPLETE)) {
    test(`${page} has ${what}`, ({ assert }) => {
      const text = textOf(page)
      assert.isNotEmpty(names())
      assert.deepEqual(
        names().filter((name) => !new RegExp(`\\b${name}\\b`).test(text)),
        []
      )
    })
  }

  const CONTRACTS = { SessionContract: 'session.ts', SessionManagerContract: 'manager.ts' }
  for (const [contract, file] of Object.entries(CONTRACTS)) {
    test(`the pages have every member of ${contract}`, ({ assert }) => {
      const text = pages().map(textOf).join('\n')
      const isMissing = (name: string) =>
        !new RegExp(`[.\`]${name}\\b|^#+ .*\\b${name}\\b`, 'm').test(text)
      assert.deepEqual(membersOf(`adonis-typings/${file}`, contract).filter(isMissing), [])
    })
  }
})

test.group('Typings', () => {
  const files = readdirSync(join(ROOT, 'adonis-typings')).map((file) => `adonis-typings/${file}`)

  test('each error that they name exists', ({ assert }) => {
    const codes = new Set(
      [...String(SessionException).matchAll(/'(E_\w+)'/g)].map(([, code]) => code)
    )
    const named = files.flatMap((file) => textOf(file).match(/\bE_\w+/g) ?? [])
    assert.isNotEmpty(named)
    assert.deepEqual(
      named.filter((code) => !codes.has(code)),
      []
    )
  })

  test('each key, verb and method has a text where an editor shows it', ({ assert }) => {
    const described = [
      'SessionConfig',
      'SessionContract',
      'SessionManagerContract',
      'StoreContract',
    ]
    const bare = files.flatMap((file) =>
      described.flatMap((name) => bareMembersOf(file, name).map((member) => `${name}.${member}`))
    )
    assert.deepEqual(bare, ['SessionManagerContract.application'])
  })
})

test.group('Snippets do what they say', (group) => {
  const { visitor } = sharedApp(group, 'memory', {
    session: { saveUninitialized: false },
    providers: ['@adonisjs/view'],
  })

  /** Runs a snippet in a request and returns what did not come out as it says. */
  async function wrongIn(snippet: Snippet): Promise<string[]> {
    const wrong: string[] = []
    const check: Check = async (line, code, expected) => {
      try {
        deepStrictEqual(await code(), new Function(`return (${expected})`)())
      } catch (error) {
        if (error.code !== expected) {
          wrong.push(`${snippet.page}:${line} ${error.message}`)
        }
      }
    }
    await visitor().visit((ctx) => functionOf(snippet)(ctx, check), { body: REQUEST_BODY })
    return wrong
  }

  for (const snippet of pages()
    .flatMap((page) => snippetsOf(page, 'ts'))
    .filter(isRunnable)) {
    test(`${snippet.page}:${snippet.line}`, async ({ assert }) => {
      assert.deepEqual(await wrongIn(snippet), [])
    })
  }

  test('a value that does not come out is named with its page and line', async ({ assert }) => {
    const lines = [
      "session.put('a', 1)",
      "session.get('a') // → 2",
      "session.push('a', 1) // → E_NO",
    ]
    const text = lines.join('\n')
    const wrong = await wrongIn({ page: 'docs/page.md', line: 7, language: 'ts', text })
    assert.lengthOf(wrong, 2)
    assert.match(wrong[0], /^docs\/page\.md:9 .*1 !== 2/s)
    assert.match(wrong[1], /^docs\/page\.md:10 E_SESSION_NOT_AN_ARRAY/)
  })

  /** A template with a name is part of an app, which a spec in `test/guides` runs. */
  for (const snippet of pages()
    .flatMap((page) => snippetsOf(page, 'edge'))
    .filter((found) => !fileNameOf(found))) {
    test(`${snippet.page}:${snippet.line} renders`, async ({ assert }) => {
      const reader = visitor()
      await reader.visit(({ session }) => {
        session.put(SESSION)
        session.flash(MESSAGES)
      })

      const { text } = await reader.visit(async ({ view, response }) =>
        response.send(await view.renderRaw(snippet.text))
      )
      assert.notInclude(text, '{{')
      assert.notInclude(text, 'undefined')
      if (snippet.next?.language === 'html') {
        assert.equal(squeezed(text), squeezed(snippet.next.text))
      }
    })
  }
})

/** The files of a page, as an app that has this package in its `node_modules`. */
function appOf(page: string): string {
  const root = join(ROOT, 'tmp', `docs-${process.pid}`)
  process.once('exit', () => rmSync(root, { recursive: true, force: true }))

  writeFilesOf(page, root)
  mkdirSync(join(root, 'node_modules', manifest.name), { recursive: true })
  symlinkSync(ROOT, join(root, 'node_modules', manifest.name, 'build'))
  return root
}

const sample = appOf('docs/custom-drivers.md')
require(join(sample, 'tests/unit/session_driver.spec.ts'))

test.group('The app of docs/custom-drivers.md, without its section of the config', (group) => {
  const { visitor } = sharedApp(group, 'memory', {
    session: { driver: 'map' },
    providers: [join(sample, 'providers/AppProvider')],
  })

  test('fails and says which key is missing, instead of storing nothing', async ({ assert }) => {
    const { status, text } = await visitor().visit(({ session }) => session.put('cart', 1), {
      mayFail: true,
    })
    assert.equal(status, 500)
    assert.include(JSON.parse(text).message, '"map.ageInMs" in config/session.ts')
  })
})

test.group('The app of docs/custom-drivers.md', (group) => {
  const { visitor } = sharedApp(group, 'memory', {
    session: { driver: 'map', map: { ageInMs: 60_000 } },
    providers: [join(sample, 'providers/AppProvider')],
  })

  test('keeps its sessions with the driver of the page', async ({ assert }) => {
    const { visit, ask } = visitor()
    await visit(({ session }) => session.put('cart', { 1001: 2 }))
    assert.deepEqual(await ask(({ session }) => session.get('cart')), { 1001: 2 })
  })
})
