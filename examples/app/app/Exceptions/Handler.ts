import Logger from '@ioc:Adonis/Core/Logger'
import HttpExceptionHandler from '@ioc:Adonis/Core/HttpExceptionHandler'

/**
 * Renders an error page for what a visitor can run into: a form without a valid token (403), a wrong
 * address (404), a form with too much text (413) and a session store that does not answer (503).
 */
export default class ExceptionHandler extends HttpExceptionHandler {
  protected statusPages = {
    '403': 'errors/refused',
    '404': 'errors/not-found',
    '413': 'errors/too-large',
    '503': 'errors/unavailable',
  }

  protected disableStatusPagesInDevelopment = false

  constructor() {
    super(Logger)
  }
}
