/**
 * Previews in the REST API.
 *
 * <p>In: changes of policies that a transaction has made and not committed, and questions of operators. Out: what the changes
 * do to running tasks, whether they may be committed, findings about policies, and what reaches an IAM role. {@link
 * io.mesosiam.api.preview.WriteReview} is the door of {@code api.admin}.
 */
@NullMarked
package io.mesosiam.api.preview;

import org.jspecify.annotations.NullMarked;
