/**
 * The authorities of the hosts' certificates: keys, certificates and requests for certificates, without tables or ports.
 *
 * <p>In: the operator's root file and passphrase, the key that seals intermediates, a host's request. Out: certificates, and what
 * is wrong with a request. {@link io.mesosiam.enrol.authority.Signer} is the door. Why the private key of an intermediate is
 * stored as ciphertext is in docs/decisions/0067-hosts-enrol.md.
 */
@NullMarked
package io.mesosiam.enrol.authority;

import org.jspecify.annotations.NullMarked;
