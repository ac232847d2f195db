@echo off
rem Runs Maven on this project: the mvn on the PATH when it is 3.8 or newer, otherwise a pinned
rem release that .mvn\FetchMaven.java fetches once and keeps in the user's cache. Needs a JDK only.
setlocal

set "major=0"
set "minor=0"
for /f "tokens=3,4 delims=. " %%a in ('mvn --version 2^>nul ^| findstr /c:"Apache Maven"') do (
  set "major=%%a"
  set "minor=%%b"
)
set "maven=mvn"
if %major% gtr 3 goto run
if %major% equ 3 if %minor% geq 8 goto run

set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
"%java%" -version >nul 2>&1
if errorlevel 1 (
  echo mvnw: no Java: "%java%" ^(install a JDK, 17 or newer, or set JAVA_HOME^) 1>&2
  exit /b 1
)
set "maven="
for /f "delims=" %%m in ('call "%java%" %MAVEN_OPTS% "%~dp0.mvn\FetchMaven.java"') do (
  set "maven=%%m\bin\mvn.cmd"
)
if not defined maven exit /b 1

:run
call "%maven%" %*
exit /b %errorlevel%
