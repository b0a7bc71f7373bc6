// An OpenID Connect provider for tests: oidc-provider, with one client, two accounts and sign-in pages that need no typing.
//
// usage: node provider.js PORT CALLBACK
// PORT 0: any; prints the issuer. The account is the login_hint of the request, or else 'admin'; its groups are [account].
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const [port, callback] = process.argv.slice(2);
const key = (alg, kid) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid };
};

const server = createServer();
await new Promise((listening) => server.listen(Number(port), '127.0.0.1', listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  jwks: { keys: [key('RS256', 'k1')] },
  cookies: { keys: ['a secret of a test'] },
  clients: [
    {
      client_id: 'mesos-iam',
      client_secret: 'a-client-secret-of-a-test-long-enough',
      redirect_uris: [callback],
      grant_types: ['authorization_code', 'client_credentials'],
      response_types: ['code'],
    },
  ],
  claims: { openid: ['sub', 'groups'] },
  conformIdTokenClaims: false,
  findAccount: (context, id) => ({ accountId: id, claims: () => ({ sub: id, groups: [id] }) }),
  extraTokenClaims: (context, token) => ({
    groups: context.headers['x-groups-text'] ?? [context.headers['x-groups'] ?? token.clientId],
    email: context.headers['x-email'],
  }),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (context, resource) => ({
        scope: 'api',
        audience: resource.replace('urn:', ''),
        accessTokenFormat: 'jwt',
        accessTokenTTL: Number(context.headers['x-ttl'] ?? 300),
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
  interactions: { url: (context, interaction) => `/interaction/${interaction.uid}` },
});

const answers = provider.callback();
server.on('request', async (request, response) => {
  if (!request.url.startsWith('/interaction/')) {
    answers(request, response);
    return;
  }
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    await provider.interactionFinished(request, response, { login: { accountId: params.login_hint ?? 'admin' } });
    return;
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope('openid');
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
});
console.log(issuer);
