/**
 * Stands in the bundles for the ways in which the AWS SDK finds credentials on a developer's machine,
 * a fifth of its size: a deployed function gets them in its environment, which is asked first.
 */
const refuse = () => () =>
  Promise.reject(
    new Error(
      "A bundled function takes its credentials from its environment. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and no AWS_PROFILE.",
    ),
  );

export const fromIni = refuse;
export const fromProcess = refuse;
export const fromSSO = refuse;
export const fromTokenFile = refuse;
