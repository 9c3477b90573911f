import Route from '@ioc:Adonis/Core/Route'

Route.get('/', 'VisitsController.show').as('home')

Route.post('/session/regenerate', 'SessionController.regenerate').as('session.regenerate')
Route.post('/session/invalidate', 'SessionController.invalidate').as('session.invalidate')

Route.get('/parallel', 'ParallelController.show').as('parallel')
Route.post('/parallel', 'ParallelController.count').as('parallel.count')

Route.get('/cart', 'CartController.show').as('cart')
Route.post('/cart/clear', 'CartController.clear').as('cart.clear')
Route.post('/cart/items/:id', 'CartController.add').as('cart.add')
Route.post('/cart/items/:id/amount', 'CartController.change').as('cart.change')
Route.post('/cart/items/:id/remove', 'CartController.remove').as('cart.remove')
Route.post('/cart/paid', 'CartController.paid').as('cart.paid')

Route.get('/contact', 'ContactController.show').as('contact')
Route.post('/contact', 'ContactController.send').as('contact.send')

Route.get('/login', 'AuthController.show').as('login')
Route.post('/login', 'AuthController.login').as('login.attempt')
Route.post('/logout', 'AuthController.logout').as('logout')
Route.get('/account', 'AuthController.account').as('account').middleware('auth')

Route.group(() => {
  Route.get('/devices', 'DevicesController.show').as('devices')
  Route.get('/devices/end', 'DevicesController.confirm').as('devices.confirm')
  Route.post('/devices/end', 'DevicesController.end').as('devices.end')
}).middleware('auth')
