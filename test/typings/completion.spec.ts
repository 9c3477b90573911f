import { test } from '@japa/runner'
import { Editor } from '../helpers/completion'

const DECLARED = `
  interface SessionValues {
    visits: number
    cart: { total: number; items: { sku: string }[]; note?: { text: string } }
    amounts: Record<string, number>
    since: Date
    deep: { a: { b: { c: number } } }
  }
  interface FlashValues { success: string; count: number }
`
const STRICT = 'interface SessionTyping { strict: true }'

const PATHS = [
  ...['amounts', 'cart', 'cart.items', 'cart.note', 'cart.note.text', 'cart.total'],
  ...['deep', 'deep.a', 'deep.a.b', 'since', 'visits'],
]
const NUMBERS = ['cart.total', 'visits']
const LISTS = ['cart.items']
const MESSAGES = ['count', 'success']

/** What is offered at the cursor, where it is in the key of a verb. */
const OFFERS: Record<string, string[]> = {
  "session.get('|')": PATHS,
  "session.get('car|')": PATHS,
  "session.get('cart.|')": PATHS,
  "session.get('|', 1)": PATHS,
  "const total: number = session.get('|', 0)": PATHS,
  "session.pull('|')": PATHS,
  "session.put('|')": PATHS,
  "session.put('|', 1)": PATHS,
  "session.has('|')": PATHS,
  "session.exists('|')": PATHS,
  "session.missing('|')": PATHS,
  "session.forget('|')": PATHS,
  "session.forget(['visits', '|'])": PATHS,
  "session.only(['|'])": PATHS,
  "session.except(['visits', '|'])": PATHS,
  "session.remember('|')": PATHS,
  "session.remember('|', () => 1)": PATHS,
  "session.increment('|')": NUMBERS,
  "session.decrement('|', 2)": NUMBERS,
  "session.push('|')": LISTS,
  "session.push('|', { sku: 'a' })": LISTS,
  "session.flash('|')": MESSAGES,
  "session.flash('|', 'Saved')": MESSAGES,
  'session.flash({ | })': MESSAGES,
  "session.flashNow('|')": MESSAGES,
  "session.reflashOnly(['|'])": MESSAGES,
  "session.reflashExcept(['|'])": MESSAGES,
  "session.flashMessages.get('|')": MESSAGES,
  "session.flashMessages.has('|')": MESSAGES,
  "session.responseFlashMessages.set('|', 1)": MESSAGES,
  "session.responseFlashMessages.increment('|')": ['count'],
  'session.all().|': ['amounts', 'cart', 'deep', 'since', 'visits'],
  "session.only(['cart.total']).cart?.|": ['total'],
  "session.get('cart')?.|": ['items', 'note', 'total'],
}

for (const name of ['typescript-4.6', 'typescript']) {
  const { version } = require(`${name}/package.json`)

  test.group(`Completion of keys, TypeScript ${version}`, (group) => {
    group.each.timeout(120_000)

    for (const [mode, declarations] of Object.entries({ '': '', ', strict': STRICT })) {
      let editor: Editor
      group.setup(() => {
        editor = new Editor(require(name), DECLARED + declarations)
      })

      for (const [line, names] of Object.entries(OFFERS)) {
        test(`${line}${mode}`, ({ assert }) => {
          const offered = editor.offers(line).filter((offer) => offer !== 'csrf-secret')
          assert.deepEqual(offered, names)
        })
      }

      test(`session.put({ | }) completes paths as well${mode}`, ({ assert }) => {
        const offered = editor.offers('session.put({ | })').map((offer) => offer.replace(/"/g, ''))
        assert.includeMembers(offered, PATHS)
      })
    }

    test('an app that declares nothing is offered no key', ({ assert }) => {
      const editor = new Editor(require(name), '')
      assert.deepEqual(editor.offers("session.get('|')"), [])
      assert.deepEqual(editor.offers("session.flash('|')"), [])
    })

    test('a verb shows its type at the key, and its text', ({ assert }) => {
      const editor = new Editor(require(name), DECLARED)
      const get = editor.shows("session.g|et('cart.total')")
      assert.include(get.type, '(key: "cart.total"')
      assert.match(get.type, /: number \| undefined$/)
      assert.match(get.text, /^Returns the value of a key/)

      const put = editor.shows("session.p|ut('since', new Date())")
      assert.match(put.type, /key: "since", value: (string \| Date|Date \| string)\)/)
      const has = editor.shows("session.flashMessages.h|as('success')")
      assert.match(has.text, /^Whether the key has a value/)
      assert.match(editor.shows('type A = Session|Values').text, /`contracts\/session.ts`/)
    })
  })
}
