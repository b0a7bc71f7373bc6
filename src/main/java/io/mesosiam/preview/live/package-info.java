/**
 * Answers previews from what this controller knows now.
 *
 * <p>In: a change of the policies. Out: its effects, with the policy version and the cluster state that they rest on,
 * and what is missing from this controller's view. {@link io.mesosiam.preview.live.LivePreview} is the door; it also
 * refuses a write that would end too many leases. The rules are those of {@code preview}.
 */
@NullMarked
package io.mesosiam.preview.live;

import org.jspecify.annotations.NullMarked;
