/* Sends one form many times at once, and then asks how many of the requests were counted. */
/* global document */
const form = document.querySelector('form[data-parallel]')
const output = form.querySelector('output')
const button = form.querySelector('button')
const headers = { Accept: 'application/json' }

async function countedSoFar() {
  const response = await fetch('/parallel', { headers })
  return (await response.json()).count
}

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  button.disabled = true
  output.textContent = 'Sending…'

  try {
    const requests = Number(form.dataset.parallel)
    const body = new URLSearchParams(new FormData(form))
    const before = await countedSoFar()
    const responses = await Promise.all(
      Array.from({ length: requests }, () => fetch(form.action, { method: 'POST', headers, body }))
    )
    const refused = responses.find((response) => !response.ok)
    if (refused) {
      throw new Error(`The server answered ${refused.status}`)
    }

    const after = await countedSoFar()
    output.textContent = `${requests} sent, ${after - before} counted. ${after} in all.`
  } catch (error) {
    output.textContent = `${error.message}. Reload the page and try again.`
  } finally {
    button.disabled = false
  }
})
