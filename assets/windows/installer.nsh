; "Earlier versions" in the context menu of files and folders.
!macro customInstall
  WriteRegStr SHCTX "Software\Classes\*\shell\Tidemark" "" "Earlier versions"
  WriteRegStr SHCTX "Software\Classes\*\shell\Tidemark" "Icon" "$INSTDIR\tidemark.exe"
  WriteRegStr SHCTX "Software\Classes\*\shell\Tidemark\command" "" '"$INSTDIR\tidemark.exe" --earlier-versions "%1"'
  WriteRegStr SHCTX "Software\Classes\Directory\shell\Tidemark" "" "Earlier versions"
  WriteRegStr SHCTX "Software\Classes\Directory\shell\Tidemark" "Icon" "$INSTDIR\tidemark.exe"
  WriteRegStr SHCTX "Software\Classes\Directory\shell\Tidemark\command" "" '"$INSTDIR\tidemark.exe" --earlier-versions "%1"'
!macroend

!macro customUnInstall
  DeleteRegKey SHCTX "Software\Classes\*\shell\Tidemark"
  DeleteRegKey SHCTX "Software\Classes\Directory\shell\Tidemark"
!macroend
