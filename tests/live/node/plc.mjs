// The directory of identities (did:plc), in memory. PLC_PORT: where it listens.
import { Database, PlcServer } from '@did-plc/server'

const server = PlcServer.create({ db: Database.mock(), port: Number(process.env.PLC_PORT) })
await server.start()
