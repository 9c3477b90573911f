/**
 * Writes the API reference of the documentation site from `adonis-typings`: a page for each file, with
 * every public member, its text, what it throws and its default.
 */
const fs = require('fs')
const path = require('path')
const ts = require('typescript')

const ROOT = path.join(__dirname, '..')
const TYPINGS = path.join(ROOT, 'adonis-typings')

/** In the order of the site. A file that isn't listed comes last, under its own name. */
const TITLES = {
  session: 'The session',
  typed_keys: 'Typed keys',
  manager: 'The manager',
  config: 'Config',
  context: 'Request and response',
  store: 'Stores',
  registry: 'Sessions in lists',
  events: 'Events',
  tests: 'Test client',
  client: 'Outside of a request',
  drivers: 'Drivers',
  container: 'Container',
}

/** The names of the pages with their titles. `index.ts` only refers to the other files. */
function pageList() {
  const files = fs.readdirSync(TYPINGS).map((file) => path.basename(file, '.ts'))
  const known = Object.keys(TITLES).filter((name) => files.includes(name))
  const others = files.filter((name) => name !== 'index' && !known.includes(name))
  return [...known, ...others].map((name) => ({ name, title: TITLES[name] ?? name }))
}

/** Text of a comment in Markdown: what looks like a tag of HTML outside of code is only text. */
function textOf(comment) {
  const text = ts.getTextOfJSDocComment(comment) ?? ''
  return text.replace(/`[^`]*`|[<{]/g, (found) =>
    found === '<' ? '&lt;' : found === '{' ? '&#123;' : found
  )
}

/** Error codes lead to the page that says what to do about them. */
function linked(text) {
  return text.replace(/\bE_\w+/g, (code) => `[\`${code}\`](../errors.md#${code.toLowerCase()})`)
}

function commentOf(node) {
  const tags = (name) =>
    ts
      .getJSDocTags(node)
      .filter(({ tagName }) => tagName.text === name)
      .map(({ comment }) => textOf(comment).replace(/\s+/g, ' ').trim())

  const parts = (node.jsDoc ?? []).map(({ comment }) => textOf(comment))
  tags('default').forEach((value) => parts.push(`Default: ${value}`))
  tags('throws').forEach((value) => parts.push(`Throws: ${linked(value)}`))
  return parts.filter(Boolean)
}

/** Source without the indentation of the place where it stands. */
function codeOf(nodes) {
  const texts = nodes.map((node) => {
    const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart())
    const indent = /^ */.exec(node.getSourceFile().text.split('\n')[line])[0]
    return node.getText().split(`\n${indent}`).join('\n')
  })
  return ['```ts', ...texts, '```'].join('\n')
}

function nameOf({ name }) {
  return name?.getText().replace(/['"]/g, '')
}

/** The members of an interface. The text of an overload is also that of those after it without one. */
function membersOf(node) {
  const groups = []
  for (const member of node.members) {
    const previous = groups[groups.length - 1]
    const isOverload = previous && nameOf(previous[0]) === nameOf(member)
    isOverload && !member.jsDoc ? previous.push(member) : groups.push([member])
  }
  return groups.flatMap((nodes, index) => {
    const name = nameOf(nodes[0])
    const isFirst = !index || nameOf(groups[index - 1][0]) !== name
    return [...(isFirst ? [`### ${name}`] : []), codeOf(nodes), ...commentOf(nodes[0])]
  })
}

function declarationOf(node) {
  if (ts.isInterfaceDeclaration(node)) {
    const bases = (node.heritageClauses ?? []).map((clause) => `\`${clause.getText()}\``)
    return [`## ${node.name.text}`, ...bases, ...commentOf(node), ...membersOf(node)]
  }
  if (ts.isTypeAliasDeclaration(node)) {
    return [`## ${node.name.text}`, ...commentOf(node), codeOf([node])]
  }
  return []
}

/** One page: the modules of a file, and what each of them declares. */
function pageOf({ name, title }) {
  const file = path.join(TYPINGS, `${name}.ts`)
  const text = fs.readFileSync(file, 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2020, true)

  const modules = source.statements.filter(ts.isModuleDeclaration).flatMap((module) => {
    const declared = module.body.statements.flatMap(declarationOf)
    return declared.length ? [`Declared in \`${module.name.text}\`.`, ...declared] : []
  })
  return [`# ${title}`, ...modules].join('\n\n') + '\n'
}

function indexOf(pages) {
  const links = pages.map(({ name, title }) => `- [${title}](${name}.md)`)
  const text = 'Every public type of the package, as an editor shows it.'
  return ['# API reference', text, links.join('\n')].join('\n\n') + '\n'
}

/** The pages by the names of their files. */
function referencePages() {
  const pages = pageList()
  return {
    'pages.json': JSON.stringify(pages, null, 2) + '\n',
    'index.md': indexOf(pages),
    ...Object.fromEntries(pages.map((page) => [`${page.name}.md`, pageOf(page)])),
  }
}

function writeReference(folder) {
  fs.rmSync(folder, { recursive: true, force: true })
  fs.mkdirSync(folder, { recursive: true })
  for (const [file, text] of Object.entries(referencePages())) {
    fs.writeFileSync(path.join(folder, file), text)
  }
}

module.exports = { referencePages, writeReference }
