/**
 * Misspelt names of settings. The agent's jar and the controller share it. {@link io.mesosiam.spelling.NearestName} is
 * the door.
 */
@NullMarked
package io.mesosiam.spelling;

import org.jspecify.annotations.NullMarked;
