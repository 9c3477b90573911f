import { utimesSync, writeFileSync } from 'fs'
import { join } from 'path'
import { test } from '@japa/runner'
import { inWords } from '../../src/Commands/SessionCommand'
import { FreshApp, freshApp, removeApps } from '../helpers/fresh_app'

const NAME = 'adonis5-session'

/** A route that logs a user in, as an app does. */
const ROUTES = `import Route from '@ioc:Adonis/Core/Route'

Route.get('/', async ({ session }) => {
  session.put('user', 'ada')
  session.tag('ada')
  session.put('visits', session.get('visits', 0) + 1)
  return { visits: session.get('visits'), handle: session.handle, id: session.sessionId }
})
`

/** An app with the file driver, which serves some sessions of one user. */
async function appWith(
  sessions: number,
  routes = ROUTES
): Promise<{ app: FreshApp; ids: string[] }> {
  const app = freshApp(NAME)
  app.write('.env', app.read('.env').trimEnd() + '\nSESSION_DRIVER=file\n')
  const { output, code } = await app.configure(NAME)
  if (code) {
    throw new Error(output)
  }
  app.write(join('start', 'routes.ts'), routes)
  const visit = await app.start()
  const ids: string[] = []
  for (let session = 0; session < sessions; session++) {
    const { cookies } = await visit()
    ids.push((await visit(cookies)).body.id)
  }
  return { app, ids }
}

/** The arguments and flags of each command, by their names on the command line. */
const LINES: Record<string, { args: string[]; flags: string[] }> = {
  'session:doctor': { args: [], flags: ['json'] },
  'session:list': { args: [], flags: ['json', 'tag', 'limit'] },
  'session:prune': { args: [], flags: ['json', 'max-time'] },
  'session:revoke': { args: ['session'], flags: ['json', 'tag', 'force'] },
  'session:stats': { args: [], flags: ['json'] },
  'make:session-table': { args: [], flags: ['table', 'connection', 'folder'] },
}

test.group('Commands for operators', (group) => {
  group.each.teardown(removeApps)
  group.each.timeout(120_000)

  test('have their own arguments and flags in the manifest, and no others', async ({ assert }) => {
    const app = freshApp(NAME)
    await app.configure(NAME)
    const { code, output } = await app.ace('generate:manifest')
    assert.equal(code, 0, output)
    const { commands } = JSON.parse(app.read('ace-manifest.json'))
    const namesOf = (options: { name: string }[]) => options.map(({ name }) => name)
    const lines = Object.keys(commands)
      .filter((name) => name.includes('session'))
      .map((name) => {
        const { args, flags } = commands[name]
        return [name, { args: namesOf(args), flags: namesOf(flags) }]
      })
    assert.deepEqual(Object.fromEntries(lines), LINES)
  })

  test('say a time in the unit that is closest to it', ({ assert }) => {
    const MINUTE = 60_000
    for (const [inMs, words] of [
      [120 * MINUTE - 5000, 'in 2 hours'],
      [60 * MINUTE - 5000, 'in 1 hour'],
      [59 * MINUTE, 'in 59 minutes'],
      [24 * 60 * MINUTE - 5000, 'in 1 day'],
      [-23 * 60 * MINUTE, '23 hours ago'],
      [-59_000, '59 seconds ago'],
      [-3 * MINUTE, '3 minutes ago'],
    ] as const) {
      assert.equal(inWords(new Date(Date.now() + inMs)), words)
    }
    assert.equal(inWords(null), '')
  })

  for (const [driver, told] of [
    ['redis', 'There is nothing to prune: sessions of the "redis" driver are removed when they'],
    ['cookie', 'There is nothing to prune: sessions of the "cookie" driver are removed when'],
    ['own', 'The "own" driver has no "prune" method, so its store has to remove'],
  ]) {
    test(`say that there is nothing to prune: ${driver}`, async ({ assert }) => {
      const app = freshApp(NAME)
      app.write('.env', app.read('.env').trimEnd() + `\nSESSION_DRIVER=${driver}\n`)
      await app.configure(NAME)
      app.edit('.adonisrc.json', '"@adonisjs/core"', '"@adonisjs/core", "@adonisjs/redis"')
      app.write(
        'config/redis.ts',
        `export default { connection: 'local', connections: { local: {} } }`
      )
      app.edit(
        'providers/AppProvider.ts',
        'public async boot() {',
        `public async boot() {
          const methods = { read() {}, write() {}, destroy() {}, touch() {} } as any
          this.app.container.use('Adonis/Addons/Session').extend('own', () => methods)`
      )
      const { code, output } = await app.ace('session:prune')
      assert.equal(code, 0, output)
      assert.include(output, told)
      assert.notInclude(output, 'removed\n')
      assert.equal((await app.ace('session:prune --json')).output.trim(), '{"removed":0}')
    })
  }

  test('list, count, end and prune sessions', async ({ assert }) => {
    const { app, ids } = await appWith(3)

    const listed = await app.ace('session:list --tag=ada --json')
    assert.equal(listed.code, 0, listed.output)
    const sessions = JSON.parse(listed.output)
    assert.lengthOf(sessions, 3)
    assert.sameMembers(Object.keys(sessions[0]), [
      ...['handle', 'tag', 'createdAt', 'taggedAt', 'lastSeenAt', 'expiresAt'],
      ...['ip', 'userAgent', 'isCurrent'],
    ])
    ids.forEach((id) => assert.notInclude(listed.output, id))

    const table = await app.ace('session:list')
    assert.match(table.output, /Handle.+Tag.+Created.+Last seen.+Expires/)
    assert.match(table.output, /ada.+(second|minute)s? ago.+in 2 hours/)
    assert.notInclude(table.colored, '\x1b')
    assert.include((await app.aceOnTerminal('session:list')).colored, '\x1b[2m│')
    ids.forEach((id) => assert.notInclude(table.output, id))

    const limited = await app.ace('session:list --limit=1')
    assert.include(limited.output, 'There are more. Raise --limit to list them')

    const stats = JSON.parse((await app.ace('session:stats --json')).output)
    assert.deepInclude(stats, { sessions: 3, tagged: 3, tags: 1 })
    assert.isAbove(stats.bytes, 3 * stats.largestBytes - 10)
    const counted = await app.ace('session:stats')
    assert.match(counted.output, /Sessions.+3/)
    assert.match(counted.output, /with a tag.+3 \(different tags: 1\)/)
    assert.notInclude(counted.colored, '\x1b')

    const examined = await app.ace('session:doctor')
    assert.match(examined.output, /warning {2}Sessions have no maximum lifetime/)
    assert.match(examined.output, /ok {7}The store answered in \d+ ms/)
    assert.notInclude(examined.colored, '\x1b')
    const levels = JSON.parse((await app.ace('session:doctor --json')).output)
    assert.include(
      levels.map(({ level }: any) => level),
      'warning'
    )

    assert.include(examined.output, 'There are 3 session files')
    assert.equal(examined.code, 0, examined.output)

    const one = await app.ace(`session:revoke ${sessions[0].handle}`)
    assert.equal(one.code, 0, one.output)
    assert.include(one.output, '1 session has ended')

    const asked = await app.ace('session:revoke --tag=ada')
    assert.equal(asked.code, 1)
    assert.include(asked.output, '2 sessions have the tag "ada". Pass --force to end them')
    const forced = await app.ace('session:revoke --tag=ada --force --json')
    assert.equal(forced.code, 0, forced.output)
    assert.deepEqual(JSON.parse(forced.output), { ended: 2 })
    assert.deepEqual(JSON.parse((await app.ace('session:list --json')).output), [])

    for (let file = 0; file < 250; file++) {
      const path = join(app.root, 'tmp', 'sessions', `id${file}.txt`)
      writeFileSync(path, `{"message":{"a":1},"purpose":"id${file}"}`)
      utimesSync(path, 0, 0)
    }
    const pruned = await app.ace('session:prune --json')
    assert.deepEqual(JSON.parse(pruned.output), { removed: 250 })
    assert.include((await app.ace('session:prune --max-time=1m')).output, '0 sessions removed')
  })

  test('end cookie sessions by their tag, which nobody can count', async ({ assert }) => {
    const app = freshApp(NAME)
    app.write('.env', app.read('.env').trimEnd() + '\nSESSION_DRIVER=cookie\n')
    await app.configure(NAME)
    const config = app.read('config/session.ts')
    app.write(
      'config/session.ts',
      config.replace("// revocation: { driver: 'redis' }", "revocation: { driver: 'file' }")
    )
    app.write(join('start', 'routes.ts'), ROUTES)
    const visit = await app.start()
    const { cookies } = await visit()
    assert.equal((await visit(cookies)).body.visits, 2)

    const listed = await app.ace('session:list')
    assert.equal(listed.code, 1)
    assert.include(listed.output, `The "cookie" session driver can't list sessions`)
    const asked = await app.ace('session:revoke --tag=ada')
    assert.equal(asked.code, 1)
    assert.include(asked.output, 'An unknown number of sessions have the tag "ada". Pass --force')
    const forced = await app.ace('session:revoke --tag=ada --force')
    assert.equal(forced.code, 0, forced.output)
    assert.include(forced.output, 'The sessions have ended')
    assert.equal((await visit(cookies)).body.visits, 1)
  })

  test('print a tag without the commands for the terminal that it holds', async ({ assert }) => {
    const tag = String.raw`eve\u001b[2J\u009b2J`
    const { app } = await appWith(1, ROUTES.replace(`.tag('ada')`, `.tag('${tag}')`))
    const { colored } = await app.ace('session:list')
    assert.match(colored, /eve\[2J2J/)
    assert.equal(
      JSON.parse((await app.ace('session:list --json')).colored)[0].tag,
      JSON.parse(`"${tag}"`)
    )
  })

  test('say what cannot be done, and end with 1', async ({ assert }) => {
    const { app } = await appWith(1)
    const refused = async (command: string) => {
      const { output, code } = await app.ace(command)
      assert.equal(code, 1, output)
      assert.notInclude(output, ' at ')
      return output
    }
    assert.include(await refused('session:revoke'), 'Pass the handle of a session, or a tag')
    assert.include(await refused('session:revoke nobody'), 'No session has the handle "nobody"')
    assert.include(await refused('session:revoke --tag=bob'), 'No session has the tag "bob"')
    for (const time of ['soon', '-5m', '0']) {
      const told = `--max-time is "${time}", which is not a duration`
      assert.include(await refused(`session:prune --max-time=${time}`), told)
    }
    for (const limit of ['-1', '0', '1.5']) {
      const told = `--limit is ${limit}, and must be a whole number of 1 or more`
      assert.include(await refused(`session:list --json --limit=${limit}`), told)
    }
    assert.include(await refused('session:list --tag=ada --limit=-1'), '--limit is -1')
    assert.include(await refused('session:list --limit=many'), 'limit')
    app.write('.env', app.read('.env').replace('=file', '=cookie'))
    assert.include(await refused('session:list'), "session driver can't list sessions")
    assert.include(await refused('session:list --tag=ada'), "can't list sessions")
    assert.include(await refused('session:stats'), "can't list sessions")
  })
})
