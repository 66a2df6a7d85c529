// The personal data server. Its settings are PDS_... of the environment.
import { PDS, envToCfg, envToSecrets, readEnv } from '@atproto/pds'

const env = readEnv()
const server = await PDS.create(envToCfg(env), envToSecrets(env))
await server.start()
