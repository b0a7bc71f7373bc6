/**
 * Trials of failures: a whole cluster with real controllers, PostgreSQL, agents and steady load, in which one thing fails. {@link
 * io.mesosiam.trial.FailureTrial} is the program, docs/reliability.md has its results.
 */
@NullMarked
package io.mesosiam.trial;

import org.jspecify.annotations.NullMarked;
