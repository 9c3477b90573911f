import { readFileSync } from 'node:fs'
import { URL } from 'node:url'
import { defineConfig } from 'vitepress'

const SITE = new URL('..', import.meta.url)
const { version, description } = JSON.parse(readFileSync(new URL('../package.json', SITE), 'utf8'))

/** The lists of README.md are the sidebar: a section for each heading, a page for each link. */
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

/** Vue evaluates braces in the text of a page. Those of Edge, in code, are text. */
function withoutVue({ renderer: { rules } }) {
  const render = rules.code_inline
  rules.code_inline = (...args) => render(...args).replace('<code', '<code v-pre')
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
    config: withoutVue,
  },
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Guides', link: '/guides/auth' },
      { text: 'Configuration', link: '/configuration' },
      { text: 'API', link: '/reference/' },
      { text: version, link: '/migration' },
    ],
    sidebar: [{ text: 'Five minutes to a login', link: '/' }, ...sections(), reference()],
    outline: { level: [2, 3] },
    docFooter: { prev: 'Previous', next: 'Next' },
    footer: { message: 'MIT License' },
  },
})
