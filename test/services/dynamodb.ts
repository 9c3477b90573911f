import { AddressInfo } from 'net'

/** An emulator of DynamoDB in this process, on a free port, with the table of sessions. */
export async function startDynamoDb(): Promise<{ port: number }> {
  const dynalite = require('dynalite')
  const server = dynalite({ createTableMs: 0 })
  // A connection that is closed while a request is on its way looks to the client like a lost answer.
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // It ends with this process, and does not keep it.
  server.unref()
  const { port } = server.address() as AddressInfo

  const { CreateTableCommand, DynamoDBClient } = require('@aws-sdk/client-dynamodb')
  const client = new DynamoDBClient(clientConfig(port))
  await client.send(
    new CreateTableCommand({
      TableName: 'sessions',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    })
  )
  client.destroy()
  return { port }
}

/** The config of a client of the emulator, which asks for some credentials. */
export function clientConfig(port: number) {
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'local',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  }
}
