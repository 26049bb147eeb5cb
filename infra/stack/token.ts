import { API_TOKEN, type Resources } from "./template.ts";

/** The token that the API lets in: made at the first deployment, and seen by nobody. */
export const token: Resources = {
  [API_TOKEN]: {
    Type: "AWS::SecretsManager::Secret",
    Properties: {
      Description: "The bearer token of the Detent API",
      GenerateSecretString: { PasswordLength: 48, ExcludePunctuation: true },
    },
  },
};
