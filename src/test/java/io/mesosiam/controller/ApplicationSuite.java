package io.mesosiam.controller;

import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/**
 * The tests of the whole application, in one JVM: classes with the same resources share one start of it. Surefire gives
 * the classes of other packages to its JVMs one by one.
 */
@Suite
@SelectPackages("io.mesosiam.controller")
@IncludeClassNamePatterns("io\\.mesosiam\\.controller\\.[A-Za-z]+Test")
class ApplicationSuite {}
