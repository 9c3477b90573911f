import { readFileSync } from 'node:fs'
import { URL } from 'node:url'
import { defineConfig } from 'vitepress'

const SITE = new URL('..', import.meta.url)
const { version, description } = JSON.parse(readFileSync(new URL('../package.json', SITE), 'utf8'))

/**
 * The lists of README.md are the sidebar: a section for each heading of the third level, a page for each
 * item that begins with a link to a file of `docs`.
 */
function sections() {
  const [, ...parts] = readFileSync(new URL('README.md', SITE), 'utf8').split(/^### /m)
  return parts.map((part) => ({
    text: part.split('\n')[0],
    items: [...part.matchAll(/^- \[(.+?)\]\((.+?)\.md\)/gm)].map(([, text, page]) => ({
      text,
      link: `/${page}`,
    })),
  }))
}

/** The pages of the API reference, which `bin/docs.js` has written. */
function reference() {
  const pages = JSON.parse(readFileSync(new URL('reference/pages.json', SITE), 'utf8'))
  const items = pages.map(({ name, title }) => ({ text: title, link: `/reference/${name}` }))
  return { text: 'API reference', link: '/reference/', collapsed: true, items }
}

/** As GitHub does, so that an anchor works in both places. */
function slugify(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replace(/ /g, '-')
}

/** A long name may continue on the next line where a part of it ends, and not in the middle of a part. */
function breakable(html) {
  return html.replace(/[\w./]{20,}/g, (name) =>
    name.replace(/[_./](?=\w{4})|[a-z](?=[A-Z])/g, '$&<wbr>')
  )
}

/** An option, or a short name with hyphens, stays on one line: `--json`, `adonis-session`. */
function unbroken(html) {
  return html.replace(/[\w-]*-[\w-]+/g, (name) =>
    name.length > 20 ? name : `<span class="unbroken">${name}</span>`
  )
}

/** Vue evaluates braces in the text of a page. Those of Edge, in code, are text. */
function withoutVue(html) {
  return html.replace('<code', '<code v-pre')
}

function adjustMarkdown({ renderer: { rules } }) {
  const { text, code_inline: code } = rules
  rules.text = (...args) => breakable(text(...args))
  rules.code_inline = (...args) => withoutVue(unbroken(breakable(code(...args))))
}

/**
 * Whoever searches for a word wants the page that explains it. Texts about the source, the API reference and the
 * lists of the first page have the same words, and come later.
 */
const searchOptions = {
  boostDocument: (id) => (/decisions|mutations|reference|^\/#(?!five)/.test(id) ? 0.3 : 1),
}

export default defineConfig({
  title: 'adonis5-session',
  description,
  lang: 'en',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  cleanUrls: false,
  ignoreDeadLinks: false,
  rewrites: { 'README.md': 'index.md' },
  markdown: {
    anchor: { slugify },
    languageAlias: { env: 'dotenv', acl: 'ini', conf: 'ini' },
    config: adjustMarkdown,
  },
  themeConfig: {
    search: { provider: 'local', options: { miniSearch: { searchOptions } } },
    nav: [
      { text: 'Guides', link: '/guides/auth', activeMatch: '^/guides/' },
      { text: 'Configuration', link: '/configuration' },
      { text: 'API', link: '/reference/', activeMatch: '^/reference/(?!changelog)' },
      { text: version, link: '/reference/changelog' },
    ],
    sidebar: [
      { text: 'Five minutes to a login', link: '/' },
      ...sections(),
      reference(),
      { text: 'Changelog', link: '/reference/changelog' },
    ],
    outline: { level: [2, 3] },
    docFooter: { prev: 'Previous', next: 'Next' },
    footer: { message: 'MIT License' },
  },
})
