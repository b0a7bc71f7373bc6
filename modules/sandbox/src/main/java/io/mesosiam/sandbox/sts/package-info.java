/**
 * A simulated AWS STS: AssumeRole and GetCallerIdentity in AWS's query protocol, with keys that are recognisably fake.
 *
 * <p>In: signed requests, whose signatures are checked as by AWS. Out: sessions, identities and errors in AWS's XML;
 * faults and delays on demand. {@link io.mesosiam.sandbox.sts.SandboxSts} is the door, and
 * {@link io.mesosiam.sandbox.sts.StsProgram} runs it as a process.
 */
@NullMarked
package io.mesosiam.sandbox.sts;

import org.jspecify.annotations.NullMarked;
