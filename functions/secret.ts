import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

/** A request waits for it, so it is not waited for long. */
const TIMEOUT_MS = 3_000;

/** Reads the text of a secret, by its name or ARN. */
export function createSecretReader(SecretId: string): () => Promise<string> {
  const client = new SecretsManagerClient();
  return async () => {
    const abortSignal = AbortSignal.timeout(TIMEOUT_MS);
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }), {
      abortSignal,
    });
    return SecretString ?? "";
  };
}
