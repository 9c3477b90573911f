import { test } from '@japa/runner'
import { readFileSync } from 'fs'
import { builtinModules } from 'module'
import { join } from 'path'
import { circleIn, fileOf, filesUnder, importsOf, ROOT } from '../helpers/imports'

const LINES_AT_MOST = 330

/**
 * The layers of the package, from top to bottom. A file imports from the rows below its own and from
 * its own folder: calls go down, values come up.
 */
const ROWS = [
  row(
    'glue to the framework',
    'providers plugins instructions.ts src/Bindings src/Commands src/Configure src/Testing'
  ),
  row('wiring', 'src/SessionManager'),
  row(
    'one session, of a request or from outside',
    'src/Session src/Client src/Registry src/Doctor'
  ),
  row('memory, messages, id, persistence', 'src/Store src/Flash src/IdCookie src/Repository'),
  row('one backend each', 'src/Drivers src/AtomicBridge'),
  row(
    'the ground',
    'src/AtomicFile src/Cookies src/Serializer src/Settings src/Redis src/Rows src/Sql src/DynamoDb src/Tombstones',
    'src/AtRest src/Diagnostics src/Endings src/Exceptions src/ExpiringMap src/KeyRing src/Outage src/RecentMap',
    'src/Values config'
  ),
]

function row(holds: string, ...folders: string[]) {
  return { holds, folders: folders.join(' ').split(' ') }
}

/** What may be imported within a row. */
const SIDEWAYS: Record<string, string[]> = {
  providers: ['src/Bindings'],
  plugins: ['src/Bindings'],
  'instructions.ts': ['src/Configure'],
  'src/Commands': ['src/Configure'],
  'src/Flash': ['src/Store'],
  'src/Repository': ['src/IdCookie'],
  'src/Session': ['src/Registry'],
  'src/Client': ['src/Session'],
  'src/AtRest': ['src/Settings', 'src/Values'],
  'src/Endings': [
    'src/AtRest',
    'src/Exceptions',
    'src/Outage',
    'src/Settings',
    'src/Tombstones',
    'src/Values',
  ],
  'src/Outage': ['src/Exceptions', 'src/Settings'],
  'src/KeyRing': ['src/Settings'],
  'src/AtomicFile': ['src/Exceptions', 'src/Serializer'],
  'src/Cookies': ['src/Exceptions', 'src/RecentMap', 'src/Settings', 'src/Values'],
  'src/Serializer': ['src/Values'],
  'src/Settings': ['src/Exceptions', 'src/Values'],
  'src/Redis': ['src/Serializer'],
  'src/Sql': ['src/Rows'],
  'src/DynamoDb': ['src/Rows'],
  'src/Tombstones': ['src/ExpiringMap', 'src/Settings'],
  'src/Values': ['src/Exceptions'],
}

/** The folder of the table that a file is in: `src/Name`, or the first part of its path. */
function folderOf(file: string): string {
  return file
    .split('/')
    .slice(0, file.startsWith('src/') ? 2 : 1)
    .join('/')
}

function rowOf(folder: string): number {
  return ROWS.findIndex(({ folders }) => folders.includes(folder))
}

/** Which rule of the table an import breaks; `null`: none. */
function broken(importer: string, imported: string): string | null {
  const [from, to] = [folderOf(importer), folderOf(imported)]
  const [own, target] = [rowOf(from), rowOf(to)]

  if (own < 0 || target < 0) {
    return `${importer} imports ${imported}: ${own < 0 ? from : to} is in no row of the table`
  }
  if (from === to || target > own || (target === own && SIDEWAYS[from]?.includes(to))) {
    return null
  }
  return target === own
    ? `${importer} imports ${imported}: ${from} may import nothing of ${to}, which is in its own row (${ROWS[own].holds})`
    : `${importer} imports ${imported}: up from row ${own + 1} (${ROWS[own].holds}) to row ${target + 1} (${ROWS[target].holds})`
}

const PRODUCT = filesUnder('src', 'providers', 'plugins', 'config', 'instructions.ts')
const EDGES = PRODUCT.flatMap((importer) =>
  importsOf(importer)
    .map((found) => fileOf(importer, found))
    .filter((imported): imported is string => imported !== null)
    .map((imported) => ({ importer, imported }))
)

test.group('Layers', () => {
  test('a file imports only from the rows below its own', ({ assert }) => {
    assert.isAbove(EDGES.length, 50)
    assert.deepEqual(
      EDGES.map(({ importer, imported }) => broken(importer, imported)).filter(Boolean),
      []
    )
  })

  test('every file has its place in the table', ({ assert }) => {
    assert.deepEqual(
      PRODUCT.filter((file) => rowOf(folderOf(file)) < 0),
      []
    )
  })

  test('a way sideways is used, stays in its row and leads to no circle', ({ assert }) => {
    const used = new Set(
      EDGES.map((edge) => `${folderOf(edge.importer)} ${folderOf(edge.imported)}`)
    )
    for (const [from, targets] of Object.entries(SIDEWAYS)) {
      for (const to of targets) {
        assert.equal(rowOf(from), rowOf(to), `${from} and ${to} are not in the same row`)
        assert.isTrue(used.has(`${from} ${to}`), `${from} imports nothing of ${to} any more`)
      }
    }
    assert.isNull(circleIn(new Map(Object.entries(SIDEWAYS))))
  })

  test('no imports go in a circle', ({ assert }) => {
    const graph = new Map<string, string[]>(PRODUCT.map((file) => [file, []]))
    EDGES.forEach(({ importer, imported }) => graph.get(importer)!.push(imported))
    assert.isNull(circleIn(graph))
  })

  test('the table refuses a call that goes up, and a circle', ({ assert }) => {
    assert.match(broken('src/Store/index.ts', 'src/Session/index.ts')!, /up from row 4 .* row 3/)
    assert.match(broken('src/Store/index.ts', 'src/Flash/index.ts')!, /own row/)
    assert.match(broken('src/Other/index.ts', 'src/Store/index.ts')!, /in no row/)
    assert.isNull(broken('src/Session/index.ts', 'src/Store/index.ts'))
    assert.deepEqual(circleIn(new Map(Object.entries({ a: ['b'], b: ['c'], c: ['b'] }))), [
      'b',
      'c',
      'b',
    ])
  })

  test('whatever is loaded is a dependency of the package', ({ assert }) => {
    const { dependencies, peerDependencies } = require('../../package.json')
    const declared = Object.keys({ ...dependencies, ...peerDependencies })
    const loaded = PRODUCT.flatMap((file) =>
      importsOf(file)
        .filter(({ specifier, typeOnly }) => !typeOnly && !specifier.startsWith('.'))
        .map(({ specifier }) => ({ file, specifier }))
    )
    assert.deepEqual(
      loaded.filter(
        ({ specifier }) =>
          !builtinModules.includes(specifier) &&
          !declared.some((name) => specifier === name || specifier.startsWith(`${name}/`))
      ),
      []
    )
  })

  test(`no file is longer than ${LINES_AT_MOST} lines`, ({ assert }) => {
    const tooLong = PRODUCT.map((file) => ({
      file,
      lines: readFileSync(join(ROOT, file), 'utf8').split('\n').length - 1,
    })).filter(({ lines }) => lines > LINES_AT_MOST)
    assert.deepEqual(tooLong, [])
  })
})
