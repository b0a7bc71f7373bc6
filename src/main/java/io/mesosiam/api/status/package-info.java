/**
 * The state of the controllers in the REST API: how each of them is, and on how many hosts a version of the policies is in effect.
 *
 * <p>In: what the controllers of the fleet state. Out: JSON. {@link io.mesosiam.api.status.StatusResource} is the door.
 */
@NullMarked
package io.mesosiam.api.status;

import org.jspecify.annotations.NullMarked;
