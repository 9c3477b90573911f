/*
|--------------------------------------------------------------------------
| AdonisJS server
|--------------------------------------------------------------------------
|
| Boots the application and accepts HTTP requests.
|
*/

import 'reflect-metadata'
import { Ignitor } from '@adonisjs/core/build/standalone'

new Ignitor(__dirname).httpServer().start()
