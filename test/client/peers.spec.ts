import { test } from '@japa/runner'
import type { RouterContract } from '@ioc:Adonis/Core/Route'
import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import { ALL_DRIVERS } from '../helpers/drivers'
import { ClientApp, startClientApp } from '../helpers/test_client'

const ADA = { id: 7, email: 'ada@example.com' }

/** A user provider without a database: the session guard needs to find a user, and no more. */
function extendAuth({ container }: ApplicationContract) {
  const providerUser = (user: typeof ADA | null) => ({
    user,
    getId: () => user && user.id,
    verifyPassword: async () => false,
    getRememberMeToken: () => null,
    setRememberMeToken: () => {},
  })
  container.use('Adonis/Addons/Auth' as any).extend('provider', 'memory', () => ({
    getUserFor: async (user: typeof ADA) => providerUser(user),
    findById: async (id: number) => providerUser(id === ADA.id ? ADA : null),
  }))
}

function routes(route: RouterContract, { container }: ApplicationContract) {
  const shield = async (ctx: any, next: any) =>
    container.make<any>(container.use('Adonis/Addons/Shield' as any)).handle(ctx, next)

  route.get('/me', async ({ auth }: any) => {
    await auth.check()
    return { user: auth.user ?? null }
  })

  route
    .post('/notes', async ({ auth, session }: any) => {
      await auth.authenticate()
      session.put('noted', true)
      return { user: auth.user.email }
    })
    .middleware(shield)

  route.post('/logout', async ({ auth }: any) => auth.logout())
}

for (const driver of ALL_DRIVERS) {
  test.group(`Test clients of auth 8 and shield 7 | ${driver}`, (group) => {
    let app: ClientApp

    group.each.setup(async () => {
      app = await startClientApp(driver, {
        providers: ['@adonisjs/view', '@adonisjs/shield', '@adonisjs/auth'],
        config: {
          auth: {
            guard: 'web',
            guards: { web: { driver: 'session', provider: { driver: 'memory' } } },
          },
          shield: { csrf: { enabled: true, methods: ['POST'], enableXsrfCookie: true } },
        },
        boot: extendAuth,
        routes,
      })
      return () => app.stop()
    })

    test('loginAs logs in', async ({ assert }) => {
      const guest = await app.client.get('/me')
      assert.deepEqual(guest.body(), { user: null })

      const request: any = app.client.get('/me').session({ cart: [1] })
      const response = await request.loginAs(ADA)
      assert.deepEqual(response.body(), { user: ADA })
      assert.deepEqual(response.session(), { cart: [1], auth_web: 7 })
      assert.isEmpty(await app.stored())
    })

    test('withCsrfToken is accepted, and what comes without is refused', async ({ assert }) => {
      const refused = (app.client.post('/notes') as any).loginAs(ADA)
      assert.equal((await refused).status(), 403)

      const accepted = await (app.client.post('/notes') as any).loginAs(ADA).withCsrfToken()
      assert.deepEqual(accepted.body(), { user: 'ada@example.com' })
      accepted.assertSession('noted', true)
      accepted.assertSession('csrf-secret')
    })

    test('withCsrfToken of a visitor keeps the session', async () => {
      const visitor = app.client.visitor()
      await visitor.setSession({ cart: [1] })
      const accepted = await (visitor.post('/notes') as any).loginAs(ADA).withCsrfToken()
      accepted.assertSession('noted', true)
      accepted.assertSession('cart', [1])
    })

    test('a logout in the handler is seen', async () => {
      const response = await (app.client.post('/logout') as any).loginAs(ADA)
      response.assertSessionMissing('auth_web')
    })
  })
}
