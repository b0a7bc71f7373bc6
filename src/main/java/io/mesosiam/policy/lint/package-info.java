/**
 * Finds policies that are valid and probably mistakes. In: one policy. Out: one sentence for each finding. It knows no tasks
 * and no other policies; {@code preview} compares policies with each other and with the cluster. The door is
 * {@link io.mesosiam.policy.lint.Lint}.
 */
@NullMarked
package io.mesosiam.policy.lint;

import org.jspecify.annotations.NullMarked;
