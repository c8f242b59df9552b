/** Settings of a shop behind a proxy that ends TLS. */
export const productionSettings = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://shop.example',
  TRUST_PROXY: '127.0.0.1',
} as const;

/** The headers that this proxy adds to every request. */
export const throughProxy = { host: 'shop.example', 'x-forwarded-proto': 'https' };
