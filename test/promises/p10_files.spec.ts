import { promises as fs } from 'fs'
import { Group, test } from '@japa/runner'
import { temporaryDirectory } from '../helpers/drivers'
import { startVisits, VisitedApp, Visitor } from '../helpers/visits'
import { unhandledRejections, until } from '../redis/helpers'
import { CONFIGS, sessionCookie } from './helpers'
import { fail, hang, MOUNTS, restore, SmallDisk, smallDisk, WRITING } from './broken_disk'

const DEADLINE_IN_MS = 400
/** Generous, for a loaded machine: what counts is that there is a bound. */
const BOUND_IN_MS = 10 * DEADLINE_IN_MS

interface Files {
  directory: string
  disk?: SmallDisk
  goOn: () => void
}

interface Outage {
  begin(files: Files): unknown
  end(files: Files): unknown
  reason: RegExp
  /** What an app still can do then: nothing, read, or read and touch. */
  leaves?: 'reading' | 'touching'
}

const OUTAGES: Record<string, Outage> = {
  'the disk is full': {
    begin: ({ disk }) => disk!.fill(),
    end: ({ disk }) => disk!.empty(),
    reason: /ENOSPC/,
    leaves: 'touching',
  },
  'the disk is read-only': {
    begin: ({ disk }) => disk!.freeze(),
    end: ({ disk }) => disk!.thaw(),
    reason: /EROFS/,
    leaves: MOUNTS ? 'reading' : 'touching',
  },
  'the location has become a file': {
    begin: async ({ directory }) => {
      await fs.rename(directory, `${directory}.away`)
      await fs.writeFile(directory, 'no directory')
    },
    end: async ({ directory }) => {
      await fs.unlink(directory)
      await fs.rename(`${directory}.away`, directory)
    },
    reason: /ENOTDIR/,
  },
  'the location is forbidden': {
    begin: () => fail(['read', ...WRITING], 'EACCES'),
    end: restore,
    reason: /EACCES/,
  },
  'the disk is broken': {
    begin: () => fail(['read', ...WRITING], 'EIO'),
    end: restore,
    reason: /EIO/,
  },
  'too many files are open': {
    begin: () => fail(['read', ...WRITING], 'EMFILE'),
    end: restore,
    reason: /EMFILE/,
  },
  'the disk hangs': {
    begin: (files) => void (files.goOn = hang(['read', ...WRITING])),
    end: (files) => files.goOn(),
    reason: /no answer within 400 ms/,
  },
}

const NEEDS_DISK = ['the disk is full', 'the disk is read-only']

function appOf(group: Group, is: string, session: Record<string, any>) {
  const running = {} as Files & { app: VisitedApp }
  group.setup(async () => {
    running.directory = temporaryDirectory()
    if (NEEDS_DISK.includes(is)) {
      running.disk = await smallDisk(running.directory)
    }
    running.app = await startVisits('file', {
      session: { file: { location: running.directory }, storeTimeout: DEADLINE_IN_MS, ...session },
    })
    return async () => {
      await running.app.stop()
      running.disk?.dispose()
    }
  })
  return running
}

const read = (visitor: Visitor) => visitor.visit(({ session }) => session.all(), { mayFail: true })

const write = (visitor: Visitor, note: number, meanwhile: () => unknown = () => {}) =>
  visitor.visit(
    async ({ session }) => {
      session.put({ a: note, b: note })
      await meanwhile()
    },
    { mayFail: true }
  )

const logout = (visitor: Visitor) =>
  visitor.visit(({ session }) => session.invalidate(), { mayFail: true })

async function visitorOf(app: VisitedApp): Promise<Visitor> {
  const visitor = app.visitor()
  await write(visitor, 1)
  return visitor
}

for (const [config, session] of Object.entries(CONFIGS)) {
  for (const [is, { begin, end, reason, leaves }] of Object.entries(OUTAGES)) {
    test.group(`P10 An outage is bounded: ${is}, ${config} config`, (group) => {
      const rejections = unhandledRejections(group)
      const running = appOf(group, is, session!)
      const isFull = is === 'the disk is full'

      async function during(work: () => Promise<void>) {
        await begin(running)
        await work().finally(() => end(running))
      }

      test('a request with a session gets a 503 in time, the reason, and no cookie', async ({
        assert,
      }) => {
        const visitor = await visitorOf(running.app)
        const id = await visitor.ask(({ session: { sessionId } }) => sessionId)
        await during(async () => {
          const beganAt = Date.now()
          const requests = [write(visitor, 2)]
          if (!isFull) {
            requests.push(logout(visitor.clone()))
          }
          const answers = await Promise.all(leaves ? requests : [...requests, read(visitor)])
          assert.isBelow(Date.now() - beganAt, BOUND_IN_MS)

          const operation = leaves ? '(write|retire)' : 'read'
          for (const { status, json, setCookies } of answers) {
            assert.equal(status, 503)
            assert.equal(json.code, 'E_SESSION_STORE_UNAVAILABLE')
            assert.match(
              json.message,
              new RegExp(`The "file" session store could not ${operation}`)
            )
            assert.match(json.message, reason)
            assert.notInclude(json.message, id)
            assert.deepEqual(setCookies, [])
          }
        })
      })

      test('strangers are served as long as they store nothing, and get their 404', async ({
        assert,
      }) => {
        await during(async () => {
          const [page, unknown, stored] = await Promise.all([
            read(running.app.visitor()),
            running.app.browser().get('/nowhere'),
            write(running.app.visitor(), 1),
          ])
          assert.equal(page.status, 200)
          assert.equal(unknown.status, 404)
          assert.equal(stored.status, 503)
          assert.isUndefined(sessionCookie(stored))
        })
      })

      test('afterwards the same browser goes on with its session, and nothing is left behind', async ({
        assert,
      }) => {
        const visitor = await visitorOf(running.app)
        const before = await fs.readdir(running.directory)
        await during(async () => {
          const another = isFull ? [] : [logout(visitor.clone())]
          await Promise.all([write(visitor, 2), ...another, write(running.app.visitor(), 1)])
        })

        assert.deepEqual((await read(visitor)).answer, { a: 1, b: 1 })
        await until('only sessions are there', async () => {
          const files = await fs.readdir(running.directory)
          return files.every((file) => before.includes(file) || file.endsWith('.txt'))
        })
        assert.equal((await write(visitor, 3)).status, 200)
        assert.deepEqual((await read(visitor)).answer, { a: 3, b: 3 })
      })

      test('a request under way when it begins gets its 503, and leaves a whole session', async ({
        assert,
      }) => {
        const visitor = await visitorOf(running.app)
        const before = await fs.readdir(running.directory)
        const { status, setCookies } = await write(visitor, 2, () => begin(running))
        await end(running)
        assert.equal(status, 503)
        assert.deepEqual(setCookies, [])

        await until('what was late has come to its end', async () => {
          const files = await fs.readdir(running.directory)
          return files.every((file) => before.includes(file))
        })
        const { a, b } = (await read(visitor)).answer
        assert.oneOf(a, is === 'the disk hangs' ? [1, 2] : [1])
        assert.equal(b, a)
        assert.equal((await write(visitor, 3)).status, 200)
        assert.deepEqual(rejections, [])
      })

      if (isFull) {
        test('a logout needs no room: the session ends', async ({ assert }) => {
          const visitor = await visitorOf(running.app)
          const tab = visitor.clone()
          await during(async () => {
            assert.equal((await logout(visitor)).status, 200)
          })
          assert.deepEqual((await read(tab)).answer, {})
        })
      }

      if (leaves) {
        const isServed = leaves === 'touching' || config === 'template'
        test(`a request that changes nothing gets a ${isServed ? 200 : 503}`, async ({
          assert,
        }) => {
          const visitor = await visitorOf(running.app)
          await during(async () => {
            assert.equal((await read(visitor)).status, isServed ? 200 : 503)
          })
        })
      }
    })
  }
}
