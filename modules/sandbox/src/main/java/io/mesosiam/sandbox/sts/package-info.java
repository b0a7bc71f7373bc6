/**
 * An AWS STS to try things with: AssumeRole and GetCallerIdentity in AWS's query protocol, with keys that nobody could take
 * for real ones.
 *
 * <p>In: signed requests, whose signatures are checked as AWS checks them. Out: sessions, identities and errors in AWS's
 * XML; faults and delays on demand.
 */
@NullMarked
package io.mesosiam.sandbox.sts;

import org.jspecify.annotations.NullMarked;
