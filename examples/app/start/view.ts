import View from '@ioc:Adonis/Core/View'

const euros = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' })

View.global('money', (cents: number) => euros.format(cents / 100))
