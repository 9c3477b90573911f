import { test } from '@japa/runner'
import { ALL_DRIVERS } from '../helpers/drivers'
import { collectedLog } from '../helpers/log'
import { apps } from '../helpers/visits'

for (const driver of ALL_DRIVERS) {
  test.group(`The log on ${driver}`, (group) => {
    const start = apps(group)
    const lines = collectedLog(group)

    test(`an unreadable session is one warning [${driver}]`, async ({ assert }) => {
      const app = await start(driver)
      const cookies = { 'adonis-session': 's%3Aforged.signature' }

      await app.visitor().visit(({ session }) => session.put('a', 1), { cookies })
      const warnings = lines.map((line) => JSON.parse(line)).filter(({ level }) => level >= 40)
      assert.lengthOf(warnings, 1)
      assert.match(warnings[0].msg, /session/)
    })

    test(`no line has a session id, a value or a cookie in it [${driver}]`, async ({ assert }) => {
      const app = await start(driver)
      const { browser, visit, ask } = app.visitor()

      const first = await ask(({ session, logger }) => {
        logger.info('the log is collected')
        session.put('card', 'secret-number')
        return session.sessionId
      })
      const second = await ask(({ session }) => {
        session.regenerate()
        return session.sessionId
      })
      const cookies = Object.values(browser.cookies())
      await visit(({ session }) => session.put('bad', () => {}), { mayFail: true })
      await visit(({ session }) => app.Session.destroy(session.sessionId))
      await visit(({ session }) => session.invalidate())

      assert.include(lines.join(''), 'the log is collected')
      for (const secret of [first, second, 'secret-number', ...cookies]) {
        assert.notInclude(lines.join(''), secret)
      }
    })
  })
}
