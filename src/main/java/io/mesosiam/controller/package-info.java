/**
 * The controller program: joins the stages, starts them in the order of the data flow, and reports their health.
 *
 * <p>In: settings. Out: a running controller, its health and its metrics. This package makes no decisions about
 * leases, and no stage depends on it. {@link io.mesosiam.controller.ControllerMain} is the door.
 */
@NullMarked
package io.mesosiam.controller;

import org.jspecify.annotations.NullMarked;
