@echo off
chcp 65001 >nul
pushd "%~dp0"
set "PATH=%~dp0.venv\Scripts;%PATH%"
if not defined REPORTGEN_LANG set "REPORTGEN_LANG=zh_CN"
where reportgen >nul 2>nul || (echo 没有找到 reportgen，请先按 README.md 安装。& pause & exit /b 1)
reportgen check
pause
