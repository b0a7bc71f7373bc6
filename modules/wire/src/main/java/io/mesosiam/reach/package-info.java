/**
 * Why a connection to a peer or the use of a file failed, in words that operators read. The agent's jar and the
 * controller share it. {@link io.mesosiam.reach.NoConnection} is the door.
 */
@NullMarked
package io.mesosiam.reach;

import org.jspecify.annotations.NullMarked;
