import { test } from '@japa/runner'
import { mkdirSync, writeFileSync } from 'fs'
import { dirname, join } from 'path'
import type { ViewContract } from '@ioc:Adonis/Core/View'
import { temporaryDirectory } from '../helpers/drivers'
import { apps, Handler, sharedApp, VisitedApp, Visitor } from '../helpers/visits'

const options = { providers: ['@adonisjs/view'] }

const viewOf = ({ app }: VisitedApp): ViewContract => app.container.use('Adonis/Core/View')

/** What a template shows after a handler has flashed something, without white space around lines. */
async function shown({ visit }: Visitor, flash: Handler, template: string, state = {}) {
  await visit(flash)
  const { text } = await visit(({ view, response }) =>
    view.renderRaw(template, state).then((html) => response.send(html))
  )
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** The error that a template raises. */
async function errorOf({ visit }: Visitor, template: string, name?: string) {
  const { answer } = await visit(({ view }) =>
    view.renderRaw(template, {}, name).then(
      () => null,
      ({ message, code, filename, line }: any) => ({ message, code, filename, line })
    )
  )
  return answer
}

const nothing: Handler = () => {}

test.group('Tags', (group) => {
  const { app, visitor } = sharedApp(group, 'memory', options)

  test('@flashMessage shows a message, escaped', async ({ assert }) => {
    const template = "@flashMessage('note')\n{{ $message }}\n{{{ $message }}}\n@else\nnone\n@end"
    const flash: Handler = ({ session }) => session.flash('note', '<b>')
    assert.deepEqual(await shown(visitor(), flash, template), ['&lt;b&gt;', '<b>'])
    assert.deepEqual(await shown(visitor(), nothing, template), ['none'])
  })

  test('@flashMessage takes a dotted key, an expression, and values that are falsy', async ({
    assert,
  }) => {
    const flash: Handler = ({ session }) =>
      session.flash({ form: { title: 'Hello' }, zero: 0, no: false, none: [] })
    const template = [
      "@each(key in ['form.title', 'zero', 'no', 'none', 'form.' + last])",
      '@flashMessage(key)',
      '{{ key }}: {{ $message }}',
      '@end',
      '@end',
    ].join('\n')
    assert.deepEqual(await shown(visitor(), flash, template, { last: 'title' }), [
      'form.title: Hello',
      'zero: 0',
      'no: false',
      'form.title: Hello',
    ])
  })

  test('@inputError shows the messages of a field, also below a name with dots', async ({
    assert,
  }) => {
    const flash: Handler = ({ session }) =>
      session.flash('errors', { title: ['short', 'odd'], 'user.name': ['<i>'], 'tags.0': 'one' })
    const template = [
      "@each(field in ['title', 'user.name', 'tags.0', 'none', 'constructor', 'tags'])",
      '@inputError(field)',
      '@each(message in $messages)',
      '{{ field }}: {{ message }}',
      '@end',
      '@else',
      '{{ field }} is fine',
      '@end',
      '@end',
    ].join('\n')
    assert.deepEqual(await shown(visitor(), flash, template), [
      'title: short',
      'title: odd',
      'user.name: &lt;i&gt;',
      'tags.0: one',
      'none is fine',
      'constructor is fine',
      'tags is fine',
    ])
  })

  test('@inputError finds nested errors, and prefers those of inputErrorsBag', async ({
    assert,
  }) => {
    const flash: Handler = ({ session }) =>
      session.flash({
        errors: { user: { name: ['nested'] }, title: ['of errors'], body: ['of errors'] },
        inputErrorsBag: { title: ['of the bag'], body: [] },
      })
    const template = [
      "@each(field in ['user.name', 'title', 'body', 'user'])",
      '@inputError(field)',
      '{{ field }}: {{ $messages.join() }}',
      '@end',
      '@end',
    ].join('\n')
    assert.deepEqual(await shown(visitor(), flash, template), [
      'user.name: nested',
      'title: of the bag',
      'body: of errors',
    ])
  })

  test('@error and @errors show errors by their codes', async ({ assert }) => {
    const flash: Handler = ({ session }) => {
      session.flashErrors({ E_PAYMENT: 'Declined', 'E_A.B': '<b>' })
      session.flashErrors({ E_STOCK: 'Sold out' })
    }
    const template = [
      "@each(code in ['E_PAYMENT', 'E_A.B', 'E_NONE', 'constructor', 'toString'])",
      '@error(code)',
      '{{ code }}: {{ $message }}',
      '@end',
      '@end',
      '@errors()',
      '@each((message, code) in $messages)',
      '{{ code }}: {{ message }}',
      '@end',
      '@else',
      'none',
      '@end',
    ].join('\n')
    assert.deepEqual(await shown(visitor(), flash, template), [
      'E_PAYMENT: Declined',
      'E_A.B: &lt;b&gt;',
      'E_PAYMENT: Declined',
      'E_A.B: &lt;b&gt;',
      'E_STOCK: Sold out',
    ])
    assert.deepEqual(await shown(visitor(), nothing, template), ['none'])
  })

  test('an error that is null is none', async ({ assert }) => {
    const flash: Handler = ({ session }) => session.flashErrors({ E_NULL: null })
    const template = "@error('E_NULL')\nthere\n@else\nnone\n@end"
    assert.deepEqual(await shown(visitor(), flash, template), ['none'])
  })

  test('old input with the name of a bag is no error', async ({ assert }) => {
    const { visit, ask } = visitor()
    const body = { errors: 'x', errorsBag: 'x', inputErrorsBag: ['x'] }
    await visit(({ session }) => session.flashAll(), { body })
    const template = "@errors()\na\n@end\n@inputError('0')\nb\n@end\n@error('0')\nc\n@end"
    assert.equal(await ask(({ view }) => view.renderRaw(template)), '')
  })

  test('old gives what was typed, or else a default', async ({ assert }) => {
    const { visit } = visitor()
    await visit(({ session }) => session.flashAll(), {
      body: { title: '"<b>', user: { name: 'Ada' }, none: null, empty: '' },
    })
    const template = [
      "{{ old('title') }}",
      "{{ old('user.name', 'x') }}",
      "{{ old('none', 'x') }}",
      "[{{ old('empty', 'x') }}]",
      "{{ old('other', '<i>') }}",
    ].join('|')
    const { text } = await visit(({ view, response }) =>
      view.renderRaw(template).then((html) => response.send(html))
    )
    assert.equal(text, '&quot;&lt;b&gt;|Ada|x|[]|&lt;i&gt;')
  })

  test('a message is none outside of its block, and none in @else', async ({ assert }) => {
    const flash: Handler = ({ session }) => session.flash('note', 'Saved')
    const template = [
      "@flashMessage('note')",
      "@set('inner', $message)",
      '{{ inner }}',
      '@end',
      '{{ typeof $message }} {{ typeof inner }}',
      "@flashMessage('other')",
      '@elseif(false)',
      '@else',
      '{{ typeof $message }}',
      '@end',
    ].join('\n')
    const none = ['Saved', 'undefined undefined', 'undefined']
    assert.deepEqual(await shown(visitor(), flash, template), none)
    // A variable of the page with that name is what stands there.
    const own = ['Saved', 'string undefined', 'string']
    assert.deepEqual(await shown(visitor(), flash, template, { $message: 'of the page' }), own)
  })

  test('@elseif goes on from a tag', async ({ assert }) => {
    const template = "@flashMessage('a')\na\n@elseif(flashMessages.has('b'))\nb\n@else\nc\n@end"
    const flash =
      (key: string): Handler =>
      ({ session }) =>
        session.flash(key, 1)
    assert.deepEqual(await shown(visitor(), flash('a'), template), ['a'])
    assert.deepEqual(await shown(visitor(), flash('b'), template), ['b'])
    assert.deepEqual(await shown(visitor(), flash('c'), template), ['c'])
  })

  test('tags nest, and each block has its own message', async ({ assert }) => {
    const flash: Handler = ({ session }) =>
      session.flash({ a: 'outer', b: 'inner', errors: { title: ['short'] } })
    const template = [
      "@flashMessage('a')",
      '{{ $message }}',
      "@flashMessage($message === 'outer' ? 'b' : 'none')",
      '{{ $message }}',
      "@inputError('title')",
      '{{ $message }} {{ $messages[0] }}',
      '@end',
      '@else',
      'never',
      '@end',
      '{{ $message }}',
      '@end',
    ].join('\n')
    assert.deepEqual(await shown(visitor(), flash, template), [
      'outer',
      'inner',
      'inner short',
      'outer',
    ])
  })

  test('tags work in includes, components and slots', async ({ assert }) => {
    const View = viewOf(app())
    View.registerTemplate('tags/part', {
      template: "{{ $message }}\n@inputError('title')\npart {{ $messages[0] }}\n@end",
    })
    View.registerTemplate('tags/field', {
      template: [
        '@inputError(name)',
        'field {{ $messages[0] }}',
        '{{{ await $slots.main() }}}',
        '@end',
        "{{ old(name, 'nothing') }}",
      ].join('\n'),
    })
    const flash: Handler = ({ session }) =>
      session.flash({ note: 'Hello', errors: { title: ['short'] } })
    const template = [
      "@flashMessage('note')",
      "@include('tags/part')",
      "@flashMessage('note')",
      "@include('tags/part')",
      '@end',
      "@component('tags/field', name = 'title')",
      'slot {{ $message }}',
      "@error('E_VALIDATION_FAILURE')",
      'slot {{ $message }}',
      '@end',
      '@end',
      '@end',
    ].join('\n')
    const summary = 'The form could not be saved. Please check the errors below.'
    const part = ['Hello', 'part short']
    assert.deepEqual(await shown(visitor(), flash, template), [
      ...part,
      ...part,
      'field short',
      'slot Hello',
      `slot ${summary}`,
      'nothing',
    ])
  })

  test('templates that are rendered synchronously have them, too', async ({ assert }) => {
    const { visit, ask } = visitor()
    await visit(({ session }) => session.flash('note', 'Saved'))
    const html = await ask(({ view }) =>
      view.renderRawSync("@flashMessage('note')\n{{ $message }}\n@end")
    )
    assert.include(html, 'Saved')
  })

  test('without a request, as in an email, there is no message and no error', async ({
    assert,
  }) => {
    const html = await viewOf(app()).renderRaw(
      "@flashMessage('a')\na\n@else\nnone\n@end\n@errors()\nb\n@end\n@inputError('c')\nc\n@end"
    )
    assert.equal(html.trim(), 'none')
  })

  for (const [tag, usage] of [
    ["@flashMessage('a', 'b')", "@flashMessage takes one argument, such as @flashMessage('name')"],
    ['@flashMessage( )', "@flashMessage takes one argument, such as @flashMessage('name')"],
    ['@inputError()', "@inputError takes one argument, such as @inputError('name')"],
    ["@error(('a', 'b'))", "@error takes one argument, such as @error('E_CODE')"],
    ["@errors('a')", '@errors() takes no argument'],
  ]) {
    test(`${tag} is an error that names the line`, async ({ assert }) => {
      const error = await errorOf(visitor(), `<p>\n</p>\n${tag}\n@end`, 'pages/form.edge')
      assert.include(error.message, usage)
      assert.include(error, {
        code: 'E_INVALID_ARGUMENTS_COUNT',
        filename: 'pages/form.edge',
        line: 3,
      })
    })
  }

  test('an error in an included template names that template, and its line', async ({ assert }) => {
    viewOf(app()).registerTemplate('tags/wrong', { template: '<p>\n@errors(1)\n@end' })
    const error = await errorOf(visitor(), "\n\n\n@include('tags/wrong')", 'pages/form.edge')
    assert.match(error.filename, /tags\/wrong/)
    assert.equal(error.line, 2)
  })

  test('an error while a tag is rendered, and within its block, names the line', async ({
    assert,
  }) => {
    const one = visitor()
    await one.visit(({ session }) => session.flash('note', 'Saved'))
    const inTag = await errorOf(one, '<p>\n\n@flashMessage(none.of.these)\n@end', 'a.edge')
    assert.include(inTag, { filename: 'a.edge', line: 3 })
    await one.visit(({ session }) => session.flash('note', 'Saved'))
    const within = await errorOf(
      one,
      "@flashMessage('note')\n\n{{ none.of.these }}\n@end",
      'a.edge'
    )
    assert.include(within, { filename: 'a.edge', line: 3 })
    await one.visit(({ session }) => session.flash('note', 'Saved'))
    const after = await errorOf(one, "@flashMessage('a')\n@end\n{{ none.of.these }}", 'a.edge')
    assert.include(after, { filename: 'a.edge', line: 3 })
  })

  test('an unclosed tag, and one without parentheses, are errors of Edge', async ({ assert }) => {
    const unclosed = await errorOf(visitor(), "<p>\n@inputError('a')\n", 'a.edge')
    assert.include(unclosed, { code: 'E_UNCLOSED_TAG', line: 2 })
    const unopened = await errorOf(visitor(), '<p>\n@errors\n@end', 'a.edge')
    assert.include(unopened, { code: 'E_UNOPENED_PAREN', line: 2 })
  })

  test('an attribute of Alpine or Vue on a line of its own is no tag', async ({ assert }) => {
    const template = '<img\n  @error="retry()"\n  @error.once="a"\n  @error = "b"\n>'
    assert.deepEqual(
      await shown(visitor(), nothing, template),
      template.split('\n').map((line) => line.trim())
    )
  })
})

test.group('Tags and the cache of views', (group) => {
  const { app, visitor } = sharedApp(group, 'memory', {
    ...options,
    boot: ({ container }) => container.use('Adonis/Core/Env').set('CACHE_VIEWS', true),
  })

  test('a cached template shows the messages of each request', async ({ assert }) => {
    viewOf(app()).registerTemplate('tags/cached', {
      template: "@flashMessage('note')\n{{ $message }}\n@else\nnone\n@end",
    })
    const { visit, ask } = visitor()
    const page: Handler = ({ view }) => view.render('tags/cached')
    assert.equal((await ask(page)).trim(), 'none')
    for (const note of ['one', 'two']) {
      await visit(({ session }) => session.flash('note', note))
      assert.equal((await ask(page)).trim(), note)
      assert.equal((await ask(page)).trim(), 'none')
    }
  })
})

test.group('Tags of the app', (group) => {
  const start = apps(group)
  const own = {
    tagName: 'error',
    block: false,
    seekable: true,
    compile: (_: any, buffer: any, token: any) => buffer.outputRaw(`own ${token.properties.jsArg}`),
  }
  const render = (app: VisitedApp, template: string) =>
    app.visitor().ask(({ view }) => view.renderRaw(template))

  test('one that was registered before stays', async ({ assert }) => {
    const app = await start('memory', {
      ...options,
      boot: ({ container }) => void container.use('Adonis/Core/View').registerTag(own),
    })
    assert.equal(
      await render(app, "@error(1)\n@flashMessage('a')\n@else\nours\n@end"),
      'own 1\n\nours'
    )
  })

  test('one that is registered later replaces ours', async ({ assert }) => {
    const app = await start('memory', options)
    viewOf(app).registerTag(own)
    assert.equal(await render(app, '@error(1)'), 'own 1')
  })

  test('a component of the name of a tag stays the component', async ({ assert }) => {
    const app = await start('memory', options)
    const views = temporaryDirectory()
    const file = join(views, 'components', 'error.edge')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, '<b>{{ text }}</b>{{{ await $slots.main() }}}')
    viewOf(app).mount(views)
    const html = await render(
      app,
      "@error({ text: 'own' })\nslot\n@end\n@!error({ text: 'closed' })"
    )
    assert.equal(html, '<b>own</b>slot<b>closed</b>')
  })

  test('a global or a shared helper named old stays', async ({ assert }) => {
    const app = await start('memory', options)
    viewOf(app).global('old', () => 'of the app')
    assert.equal(await render(app, "{{ old('a') }}"), 'of the app')
    const shared = await app.visitor().ask(({ view }) => {
      view.share({ old: () => 'shared' })
      return view.renderRaw("{{ old('a') }}")
    })
    assert.equal(shared, 'shared')
  })

  test('an app without views needs none', async ({ assert }) => {
    const app = await start('memory')
    assert.equal(await app.visitor().ask(() => 'fine'), 'fine')
  })
})
