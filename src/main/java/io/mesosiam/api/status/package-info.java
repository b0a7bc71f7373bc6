/**
 * The state of a controller in the REST API: which version of the policies is in effect on how many hosts.
 *
 * <p>In: what the reconciler knows. Out: JSON. {@link io.mesosiam.api.status.StatusResource} is the door.
 */
@NullMarked
package io.mesosiam.api.status;

import org.jspecify.annotations.NullMarked;
