# cppcheck over everything at once, so that it sees across files.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Lint;
use Test::More;

chdir top();
# unknownMacro, missingInclude*: system headers and the tables' passes are left to the compilers.
# Units and fuzz targets are left to clang-tidy: they include files of src/ and set values for their tests' sake.
# getpwnamCalled, readdirCalled: the callers have no second thread, or are alone in their directory stream.
# knownConditionTrueFalse, duplicateAssignExpression: found wrongly in loops whose bound another function sets.
# nullPointerRedundantCheck: asserts of magics stand behind the initialisers.  unreadVariable in tables: last rows.
# unusedStructMember, shadowVariable, shadowFunction (the compiler has -Wshadow), variableScope, constParameter*, constCallback: style that callbacks and tables break on purpose.
my @cmd = ('cppcheck', '--quiet', '-j', '2', '--enable=warning,style,performance,portability', '--inline-suppr',
	'--error-exitcode=1', '--std=c11', '--library=posix,gnu',
	(map { "--suppress=$_" } qw(unknownMacro missingInclude missingIncludeSystem unusedStructMember variableScope
		constParameter constParameterCallback constVariable constVariablePointer unreadVariable:src/tbl/* unreadVariable:*/src/tbl/* knownConditionTrueFalse duplicateAssignExpression nullPointerRedundantCheck getpwnamCalled readdirCalled shadowVariable shadowFunction shadowFunction unmatchedSuppression normalCheckLevelMaxBranches)),
	(grep { /^-[ID]/ && !m{^-I/usr} } flags()), grep { !m{^t/(unit|fuzz)/} } sources(qr/\.c$/));
my $out = qx{@{[ join ' ', map { "'" . s/'/'\\''/gr . "'" } @cmd ]} 2>&1};
ok($? == 0, 'cppcheck') or diag($out);
done_testing;
