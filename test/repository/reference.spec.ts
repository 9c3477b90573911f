import { test } from '@japa/runner'
import { readdirSync } from 'fs'
import { join } from 'path'
import ts from 'typescript'
import { ROOT } from '../helpers/app'
import { anchorsOf, textOf } from '../helpers/snippets'

const { referencePages } = require('../../bin/reference')
const PAGES: Record<string, string> = referencePages()

interface Declared {
  page: string
  name: string
  members: ts.TypeElement[]
}

/** With `export {}`, a module keeps to itself what isn't exported by name. */
function isPrivate(node: ts.Node): boolean {
  const isExported = ts.getCombinedModifierFlags(node as ts.Declaration) & ts.ModifierFlags.Export
  const { statements } = node.parent as ts.ModuleBlock
  return !isExported && statements.some(ts.isExportDeclaration)
}

/** What the typings declare, in each of their files but the one that only refers to the others. */
function declarations(): Declared[] {
  const files = readdirSync(join(ROOT, 'adonis-typings')).filter((file) => file !== 'index.ts')
  return files.flatMap((file) => {
    const found: Declared[] = []
    const text = textOf(`adonis-typings/${file}`)
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2020, true)
    const visit = (node: ts.Node): void => {
      if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) {
        const members = ts.isInterfaceDeclaration(node) ? [...node.members] : []
        const page = file.replace('.ts', '.md')
        isPrivate(node) || found.push({ page, name: node.name.text, members })
      }
      ts.forEachChild(node, visit)
    }
    visit(source)
    return found
  })
}

/** The part of a page under a heading of the second level, and of the third level in that. */
function sectionOf(page: string, type: string, member?: string): string {
  const [, within = ''] = `${PAGES[page]}\n## `.split(`\n## ${type}\n`)
  const [section] = within.split('\n## ')
  return member
    ? (`${section}\n### `.split(`\n### ${member}\n`)[1]?.split('\n### ')[0] ?? '')
    : section
}

const squeezed = (text: string) => text.replace(/[\s*]+/g, ' ')

test.group('API reference', () => {
  test('has every type and every member with its signatures', ({ assert }) => {
    const missing = declarations().flatMap(({ page, name, members }) => [
      ...(sectionOf(page, name) ? [] : [name]),
      ...members
        .filter((member) => {
          const title = member.name!.getText().replace(/'/g, '')
          const section = squeezed(sectionOf(page, name, title))
          return !section.includes(squeezed(member.getText()))
        })
        .map((member) => `${name}.${member.name!.getText()}`),
    ])
    assert.isAbove(declarations().length, 30)
    assert.deepEqual(missing, [])
  })

  test('has the text, the default and the errors of each member', ({ assert }) => {
    const missing = declarations().flatMap(({ page, name, members }) =>
      members.flatMap((member) => {
        const title = member.name!.getText().replace(/'/g, '')
        const section = sectionOf(page, name, title)
        const [comment = ''] = /\/\*\*[^]*?\*\//.exec(member.getFullText()) ?? []
        const lost = [
          ...(comment.match(/@default (.+)/g) ?? []).map((line) =>
            line.replace('@default', 'Default:').replace('*/', '')
          ),
          ...(comment.match(/\bE_\w+/g) ?? []),
          ...(comment.match(/[A-Za-z]{4,}/g) ?? []).filter((word) => !/throws|default/.test(word)),
        ].filter((part) => !section.replace(/Default: `/g, 'Default: ').includes(part.trim()))
        return lost.map((part) => `${name}.${title}: ${part}`)
      })
    )
    assert.deepEqual(missing, [])
  })

  test('leaves out what a module does not export', ({ assert }) => {
    const page = PAGES['typed_keys.md']
    assert.include(page, '## SessionValues')
    assert.include(page, '## PathOf')
    assert.notInclude(page, '## IsDeclared')
    assert.notInclude(page, 'is not declared')
  })

  test('says below the heading of a type where it is declared', ({ assert }) => {
    const context = PAGES['context.md']
    assert.include(context, '## RedirectContract\n\nDeclared in `@ioc:Adonis/Core/Response`.')
    assert.include(PAGES['container.md'], 'manager. Declared in `@ioc:Adonis/Core/Application`.')
  })

  test('links each error to its text', ({ assert }) => {
    const anchors = anchorsOf('docs/errors.md')
    const links = Object.values(PAGES).flatMap((text) => [...text.matchAll(/errors\.md#(\w+)/g)])
    assert.isNotEmpty(links)
    assert.deepEqual(
      links.map(([, anchor]) => anchor).filter((anchor) => !anchors.includes(anchor)),
      []
    )
  })
})
