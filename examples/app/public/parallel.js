/* Sends one form many times at once, and then asks what the session holds and how many requests it has counted. */
/* global document */
const form = document.querySelector('form[data-parallel]')
const output = form.querySelector('output')
const values = document.getElementById('values')
const button = form.querySelector('button')
const headers = { Accept: 'application/json' }

async function ask() {
  const response = await fetch('/parallel', { headers })
  return response.json()
}

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const hadFocus = document.activeElement === button
  button.disabled = true
  output.textContent = 'Sending…'

  try {
    const requests = Number(form.dataset.parallel)
    const body = new URLSearchParams(new FormData(form))
    const before = await ask()
    const responses = await Promise.all(
      Array.from({ length: requests }, () => fetch(form.action, { method: 'POST', headers, body }))
    )
    const refused = responses.find((response) => !response.ok)
    if (refused) {
      throw new Error(`The server answered ${refused.status}`)
    }

    const after = await ask()
    output.textContent = `${requests} sent, ${after.count - before.count} counted. ${after.count} in all.`
    values.textContent = after.contents
  } catch (error) {
    output.textContent = `${error.message}. Reload the page and try again.`
  } finally {
    button.disabled = false
    // A disabled button loses the focus. Whoever has gone elsewhere since stays there.
    if (hadFocus && document.activeElement === document.body) {
      button.focus()
    }
  }
})
